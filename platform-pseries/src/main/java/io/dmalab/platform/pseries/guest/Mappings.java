package io.dmalab.platform.pseries.guest;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableBitmap;
import io.dmalab.platform.pseries.iommu.Order;
import io.dmalab.platform.pseries.recording.CallText;
import io.dmalab.platform.pseries.recording.RecordedCall;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Maps and unmaps as the recorded kernel was asked to. A call does not say what kind of mapping it is; the kinds a kernel has are tried on
 * our allocator until one gives the recorded address, and undone. If none does, our allocator is wrong, or an intent is missing here.
 */
final class Mappings {
    private static final long MASK_32 = 0xffff_ffffL;
    private static final int SEGMENTS_MAX = 16;
    private static final int UNMAPPED_MAX = 64;
    private static final String FRESH = "mapping of its own (streaming, or a kind that leads to the same address)";

    private final GuestMachine machine;
    private final Recording recording;
    private final Tally tally;
    private final Comparison comparison;
    private final Scheduler sched;
    private final int cpuShift;
    private final LiveMappings live;
    /** The latest unmappings, newest first: window, first entry, entries. */
    private final Deque<long[]> unmapped = new ArrayDeque<>();
    /** Ends of the latest mappings of each processor, newest first: where a scatter list may go on. */
    private final Map<Integer, Deque<Long>> ends = new TreeMap<>();

    /** A way to map. @param hint entry to look at first, 0 for none @param aligned whether the buffer is what its size makes of it */
    private record Kind(String name, GuestMachine.User user, long hint, boolean aligned, boolean coherent) {}

    Mappings(GuestMachine machine, Recording recording, Tally tally, Comparison comparison, Scheduler sched, int cpuShift) {
        this.machine = machine;
        this.recording = recording;
        this.tally = tally;
        this.live = new LiveMappings(tally);
        this.comparison = comparison;
        this.sched = sched;
        this.cpuShift = cpuShift;
    }

    /** The recorded guest maps: its next call is {@code line}. */
    void map(RecordedCall line, List<GuestMachine.User> users) {
        long pages = length(line);
        Kind found = kindOf(line, users, pages);
        if (found == null) {
            if (!interruptedUnmapping(line, users, pages)) {
                unexplained(line, users, pages);
            }
            return;
        }
        execute(line, found, pages);
    }

    private Kind kindOf(RecordedCall line, List<GuestMachine.User> users, long pages) {
        for (GuestMachine.User user : users) {
            Kind found = kindOf(line, user, pages);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Our guest maps, and its calls are compared. */
    private void execute(RecordedCall line, Kind found, long pages) {
        tally.choice(found.name());
        tally.choice("buffer, size, direction and processor of a mapping");
        GuestMachine.User user = found.user();
        comparison.phase("map", () -> state(user.table()));
        long address = address(line, found, pages);
        remember(new LiveMappings.Mapping(user, line.arg(0), pages), address);
    }

    /** Entries of the mapping that a call begins: calls of 512 entries go on as long as addresses and memory do. */
    private long length(RecordedCall first) {
        long pages = first.written();
        if (!first.operation().equals("H_PUT_TCE_INDIRECT")) {
            return pages;
        }
        int shift = machine.users(first.arg(0)).getFirst().table().pageShift();
        RecordedCall last = first;
        while (last.written() == 512) {
            RecordedCall next = recording.peekCallAfter(last);
            boolean goesOn = next != null && next.operation().equals(first.operation()) && next.arg(0) == first.arg(0)
                    && next.arg(1) == first.arg(1) + (pages << shift) && next.firstEntry() == first.firstEntry() + (pages << shift);
            if (!goesOn) {
                break;
            }
            pages += next.written();
            last = next;
        }
        return pages;
    }

    private Kind kindOf(RecordedCall line, GuestMachine.User user, long pages) {
        IommuTable table = user.table();
        if (!(table.map() instanceof IommuTableBitmap)) {
            return null;
        }
        long wanted = (line.arg(1) >>> table.pageShift()) - table.offset();
        long physical = physical(line, table);
        long bytes = pages << table.pageShift();
        int natural = table.alignOrder(physical, bytes);
        int order = Order.base2(pages);
        if (tries(user, pages, 0, natural, wanted)) {
            return new Kind(FRESH, user, 0, true, false);
        }
        if (natural > 0 && tries(user, pages, 0, 0, wanted)) {
            return new Kind("streaming, a buffer that is no whole CPU page", user, 0, false, false);
        }
        if (order != natural && (bytes & (1L << cpuShift) - 1) == 0 && tries(user, pages, 0, order, wanted)) {
            return new Kind("coherent", user, 0, true, true);
        }
        for (long end : ends.getOrDefault(sched.cpu(), new ArrayDeque<>())) {
            long hint = end - table.offset();
            if (hint > 0 && tries(user, pages, hint, natural, wanted)) {
                return new Kind("element of a scatter list", user, hint, true, false);
            }
            if (hint > 0 && natural > 0 && tries(user, pages, hint, 0, wanted)) {
                return new Kind("element of a scatter list that is no whole CPU page", user, hint, false, false);
            }
        }
        return null;
    }

    /** What our allocator would hand out, with nothing changed by it. */
    private boolean tries(GuestMachine.User user, long pages, long hint, int order, long wanted) {
        return trial(user, pages, hint, order) == wanted;
    }

    private long trial(GuestMachine.User user, long pages, long hint, int order) {
        IommuTable table = user.table();
        long mask = mask(user);
        IommuTableBitmap map = (IommuTableBitmap) table.map();
        long[] hints = map.hints();
        long found = map.alloc((int) pages, hint, mask >>> table.pageShift(), order, table.boundary());
        if (found >= 0) {
            map.free(found, (int) pages);
        }
        map.hints(hints);
        return found;
    }

    private long address(RecordedCall line, Kind kind, long pages) {
        IommuTable table = kind.user().table();
        Device device = kind.user().device();
        IommuBackend backend = machine.backend();
        long bytes = pages << table.pageShift();
        long physical = physical(line, table);
        DmaDirection direction = (line.firstEntry() & 2) == 0 ? DmaDirection.TO_DEVICE : DmaDirection.BIDIRECTIONAL;
        long mask = mask(kind.user());
        if (!kind.aligned()) {
            physical++;
            bytes--;
        }
        if (kind.coherent()) {
            return device == null ? table.allocCoherent(null, physical, bytes, mask) : backend.mapCoherent(device, physical, bytes);
        }
        if (kind.hint() != 0) {
            return table.mapElement(device, physical, bytes, direction, mask, kind.hint());
        }
        return device == null ? table.mapPage(null, physical, bytes, direction, mask) : backend.map(device, physical, bytes, direction);
    }

    private static long mask(GuestMachine.User user) {
        return user.device() == null ? MASK_32 : user.device().dmaMask();
    }

    private static long physical(RecordedCall line, IommuTable table) {
        return line.firstEntry() >>> table.pageShift() << table.pageShift();
    }

    private void remember(LiveMappings.Mapping mapping, long address) {
        IommuTable table = mapping.user().table();
        long start = address >>> table.pageShift();
        live.add(start << table.pageShift(), mapping);
        Deque<Long> recent = ends.computeIfAbsent(sched.cpu(), key -> new ArrayDeque<>());
        recent.remove(start + mapping.pages());
        recent.push(start + mapping.pages());
        if (recent.size() > SEGMENTS_MAX) {
            recent.removeLast();
        }
    }

    /**
     * An unmapping clears the hypervisor's entries first and its bits last, without a lock in between: an interrupt there finds the entries
     * taken still. True if the recorded address shows that this has happened to one of the latest unmappings.
     */
    private boolean interruptedUnmapping(RecordedCall line, List<GuestMachine.User> users, long pages) {
        for (GuestMachine.User user : users) {
            if (!(user.table().map() instanceof IommuTableBitmap map)) {
                continue;
            }
            long[] hints = map.hints();
            for (long[] freed : unmapped) {
                long entry = freed[1] - user.table().offset();
                if (freed[0] != line.arg(0) || entry < 0 || map.isTaken(entry, (int) freed[2])) {
                    continue;
                }
                map.claim(entry, (int) freed[2]);
                map.hints(hints);
                Kind found = kindOf(line, user, pages);
                if (found != null) {
                    tally.choice("interrupt between an unmapping's hypercall and its bits");
                    execute(line, found, pages);
                }
                map.free(entry, (int) freed[2]);
                if (found != null) {
                    return true;
                }
            }
        }
        return false;
    }

    /** No kind of mapping leads there: a difference. Our guest is then led to the recorded address, so that one error is not many. */
    private void unexplained(RecordedCall line, List<GuestMachine.User> users, long pages) {
        GuestMachine.User user = users.getFirst();
        IommuTable table = user.table();
        long got = trial(user, pages, 0, table.alignOrder(physical(line, table), pages << table.pageShift()));
        String guest = got < 0 ? "no address" : CallText.hcall(line.operation(), line.arg(0), got + table.offset() << table.pageShift(),
                line.firstEntry(), line.written());
        recording.take(line);
        tally.differed("map", line.sequence(), CallText.of(line), guest, state(table));
        machine.carryOut(line);
        long entry = (line.arg(1) >>> table.pageShift()) - table.offset();
        if (table.map() instanceof IommuTableBitmap map && entry >= 0 && entry + pages <= table.size()) {
            map.claim(entry, (int) pages);
        }
        remember(new LiveMappings.Mapping(user, line.arg(0), pages), line.arg(1));
    }

    /** A mapping begins there. */
    boolean isMapped(long liobn, long address) {
        return live.isMapped(liobn, address);
    }

    /** The recorded guest unmaps. */
    void unmap(RecordedCall line, List<GuestMachine.User> users) {
        long address = line.arg(1);
        LiveMappings.Mapping mapping = live.take(line.arg(0), address, line.written());
        GuestMachine.User user = mapping == null ? users.getFirst() : mapping.user();
        int shift = user.table().pageShift();
        long pages = mapping == null ? line.written() : Math.max(mapping.pages(), line.written());
        if (mapping == null) {
            tally.choice("unmapping of what no mapping was seen of");
        }
        while (mapping != null && live.isMapped(line.arg(0), address + (mapping.pages() << shift)) && mapping.pages() < pages) {
            LiveMappings.Mapping next = live.take(line.arg(0), address + (mapping.pages() << shift), 0);
            mapping = new LiveMappings.Mapping(user, mapping.liobn(), mapping.pages() + next.pages());
            tally.choice("scatter list elements merged into one segment");
        }
        unmapped.push(new long[] {line.arg(0), address >>> shift, pages});
        if (unmapped.size() > UNMAPPED_MAX) {
            unmapped.removeLast();
        }
        comparison.phase("unmap", () -> state(user.table()));
        if (user.device() == null) {
            user.table().unmapPage(address, pages << shift, DmaDirection.BIDIRECTIONAL);
        } else {
            machine.backend().unmap(user.device(), address, pages << shift, DmaDirection.BIDIRECTIONAL);
        }
    }

    private static String state(IommuTable table) {
        String hints = table.map() instanceof IommuTableBitmap map
                ? Arrays.toString(Arrays.stream(map.hints()).mapToObj(Long::toHexString).toArray()) : "";
        return "hints " + hints + ", " + table.used() + " entries in use";
    }
}
