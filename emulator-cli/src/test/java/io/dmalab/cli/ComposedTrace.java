package io.dmalab.cli;

import io.dmalab.api.kernel.EventLayout.Piece;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.tracepoint.IommuEvents;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.api.tracepoint.PagePoolEvents;
import io.dmalab.api.tracepoint.PowerpcEvents;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A small recording whose truth is known, in the layout of any kernel: 400 packets of 1500 bytes every 100 us on two CPUs, each from a page
 * of its own. Of 10 packets 9 are freed after 2 ms, the tenth after 50 ms, and each tenth of those never. The device is removed at 40 ms.
 */
final class ComposedTrace {
    static final int PACKETS = 400;
    static final long START = 100_000_000_000L;
    static final long REMOVAL = START + 40_000_000L;
    private static final long GAP = 100_000;
    private static final long SHORT = 2_000_000;
    private static final long LONG = 50_000_000;
    private static final long END = REMOVAL + 60_000_000L;
    private static final long POOL = 0x5c1f9a30L;
    private static final String DRMGR = "drmgr-97001";

    private record Line(long time, String text) {}

    private final KernelProfile profile;
    private final boolean flagsOfOldKernels;
    private final List<Line> lines = new ArrayList<>();

    private ComposedTrace(KernelProfile profile, boolean flagsOfOldKernels) {
        this.profile = profile;
        this.flagsOfOldKernels = flagsOfOldKernels;
    }

    /** @param flagsOfOldKernels four columns of flags, as before 5.17, instead of five */
    static List<String> of(KernelProfile profile, boolean flagsOfOldKernels) {
        return new ComposedTrace(profile, flagsOfOldKernels).write();
    }

    private List<String> write() {
        for (int i = 0; i < PACKETS; i++) {
            packet(i);
        }
        add(REMOVAL - 300_000, 4, DRMGR, PowerpcEvents.HCALL_EXIT, "opcode", 0x138L, "retval", 0L);
        pool(REMOVAL, 4, DRMGR, 58, 1);
        add(REMOVAL + 500_000, 4, DRMGR, IommuEvents.REMOVE_DEVICE_FROM_GROUP, "group", 7L, "device", "0018:01:00.0");
        add(REMOVAL + 900_000, 4, DRMGR, PowerpcEvents.RTAS_INPUT, "name", "ibm,remove-pe-dma-window", "inputs", "1879048214");
        add(REMOVAL + 30_000_000, 6, "kworker/6:2-211", PowerpcEvents.HCALL_EXIT, "opcode", 0x138L, "retval", -4L);
        pool(END, 6, "kworker/6:2-211", 4, 60);
        return lines.stream().sorted(Comparator.comparing(Line::time)).map(Line::text).toList();
    }

    private void pool(long time, int cpu, String task, long inFlight, long round) {
        add(time, cpu, task, PagePoolEvents.RELEASE, "pool", POOL, "inflight", inFlight, "hold", (long) PACKETS, "release",
                PACKETS - inFlight, "cnt", round);
    }

    private void packet(int i) {
        long time = START + i * GAP;
        int cpu = i % 2;
        add(time - 1_000, cpu, "<idle>-0", PagePoolEvents.STATE_HOLD, "pool", POOL, "netmem", 0xd4410000L + i, "is_net_iov", 0L, "pfn",
                0x61000L + i, "hold", (long) i + 1);
        add(time, cpu, "<idle>-0", NetEvents.RECEIVE_SKB, "name", "eth4", "skbaddr", 0xabc00000L + i, "len", 1500L);
        if (i % 100 == 99) {
            return;
        }
        long end = time + (i % 10 == 9 ? LONG : SHORT);
        add(end, 5, "reader-300", NetEvents.CONSUME_SKB, "skbaddr", 0xabc00000L + i, "location", "0x0");
        add(end + 1_000, 5, "reader-300", PagePoolEvents.STATE_RELEASE, "pool", POOL, "netmem", 0xd4410000L + i, "is_net_iov", 0L, "pfn",
                0x61000L + i, "release", (long) i + 1);
    }

    private void add(long time, int cpu, String task, EventType type, Object... fields) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            values.put((String) fields[i], fields[i + 1]);
        }
        String payload = type.layout(profile).pieces().stream().map(piece -> piece.before() + value(piece, values.get(piece.field())))
                .collect(Collectors.joining());
        String event = type.layout(profile).name().replaceFirst(".*:", "");
        String flags = flagsOfOldKernels ? "..s1" : "..s1.";
        int dash = task.lastIndexOf('-');
        lines.add(new Line(time, String.format(Locale.ROOT, "%16s-%-7s [%03d] %s %5d.%06d: %s: %s", task.substring(0, dash),
                task.substring(dash + 1), cpu, flags, time / 1_000_000_000, time / 1_000 % 1_000_000, event, payload)));
    }

    private static String value(Piece piece, Object value) {
        return switch (piece.conversion()) {
            case 'x' -> Long.toHexString((Long) value);
            case 'p' -> String.format(Locale.ROOT, "%016x", (Long) value);
            case 'u' -> Long.toUnsignedString((Long) value);
            default -> value.toString();
        };
    }
}
