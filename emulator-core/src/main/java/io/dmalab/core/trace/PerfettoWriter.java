package io.dmalab.core.trace;

import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LifeRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.api.tracepoint.PowerpcEvents;
import io.dmalab.core.trace.TraceEventFile.Track;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A run for the Perfetto UI: a track for each CPU and task with the calls into hypervisor and firmware, the steps of the removal, the
 * lives of
 * named kernel objects such as tables, the number of live mappings, and each late mapping from its map to its unmap. Accesses to freed
 * memory are marked. Left out: the events of single packets, which {@code ftrace} has.
 */
public final class PerfettoWriter implements Observer {
    /** Options of the extension. */
    public record Options(@Option(doc = "the file to write; one that exists is replaced when the run has ended") String file) {
        public Options {
            if (file.isBlank()) {
                throw new IllegalArgumentException("the file's name is empty");
            }
        }
    }

    private static final int CPUS = 1;
    private static final int TASKS = 2;
    private static final int REMOVAL = 3;
    private static final int MAPPINGS = 5;
    private static final int KERNEL_LOG = 6;
    private static final Track STEPS = new Track(REMOVAL, 1);
    private static final Track LATE = new Track(MAPPINGS, 1);
    private static final Track LEFT = new Track(MAPPINGS, 2);
    private static final Track LOG = new Track(KERNEL_LOG, 1);
    private static final Track FINDINGS = new Track(KERNEL_LOG, 2);
    private static final Set<String> OF_PACKETS = Set.of(NetEvents.RECEIVE_SKB.name(), NetEvents.CONSUME_SKB.name(),
            NetEvents.KFREE_SKB.name(), NetEvents.RCVQUEUE_FULL.name());
    /** How long the slice is that stands for a map or unmap, in nanoseconds. */
    private static final long MOMENT = 1;

    /** A call that has not returned. */
    private record Call(long sinceNanos, String name) {}

    private final TraceEventFile file;
    private final ObjectTracks objects;
    private final Map<Track, String> named = new LinkedHashMap<>();
    private final Map<Track, Call> calls = new LinkedHashMap<>();
    private final MappingTracks mappings;
    private long now;

    @Inject
    public PerfettoWriter(Options options) {
        this.file = new TraceEventFile(options.file());
        this.objects = new ObjectTracks(file);
        this.mappings = new MappingTracks(file, LATE, LEFT);
        file.processName(CPUS, "CPUs, interrupt side");
        file.processName(TASKS, "Tasks");
        file.processName(REMOVAL, "Removal");
        file.processName(ObjectTracks.PROCESS, "Windows, tables and other objects");
        file.processName(MAPPINGS, "DMA mappings");
        file.processName(KERNEL_LOG, "Kernel log and findings");
        name(STEPS, "steps");
        name(LATE, "late mappings");
        name(LEFT, "mappings left when the run ended");
        name(LOG, "kernel log");
        name(FINDINGS, "findings");
    }

    private void name(Track track, String name) {
        if (named.putIfAbsent(track, name) == null) {
            file.trackName(track, name);
        }
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public boolean wantsLives() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        now = Math.max(now, event.timeNanos());
        Track track = trackOf(event);
        event.type().milestone(event.values())
                .ifPresent(text -> file.instant(STEPS, text, "removal", 'p', event.timeNanos(), "by", event.comm() + ":" + event.pid()));
        if (event.type().equals(PowerpcEvents.HCALL_ENTRY)) {
            calls.put(track, new Call(event.timeNanos(), "hcall 0x" + Long.toHexString((Long) event.values().getFirst())));
        } else if (event.type().equals(PowerpcEvents.HCALL_EXIT)) {
            returned(track, event, "hcall", "retval", event.values().get(1));
        } else if (event.type().equals(PowerpcEvents.RTAS_INPUT)) {
            calls.put(track, new Call(event.timeNanos(), event.values().getFirst().toString()));
        } else if (event.type().equals(PowerpcEvents.RTAS_OUTPUT)) {
            returned(track, event, "rtas", "status", event.values().get(1));
        } else if (!OF_PACKETS.contains(event.type().name())) {
            plain(track, event);
        }
    }

    private void returned(Track track, TraceRecord event, String category, String result, Object value) {
        Call call = calls.remove(track);
        if (call != null) {
            file.slice(track, call.name(), category, call.sinceNanos(), event.timeNanos(), result, value);
        }
    }

    private void plain(Track track, TraceRecord event) {
        List<String> fields = event.type().fields();
        Object[] args = new Object[2 * fields.size()];
        for (int i = 0; i < fields.size(); i++) {
            args[2 * i] = fields.get(i);
            args[2 * i + 1] = event.values().get(i);
        }
        String[] name = event.type().name().split(":", 2);
        file.instant(track, name[1], name[0], 't', event.timeNanos(), args);
    }

    private Track trackOf(TraceRecord event) {
        if (event.context() == ContextKind.TASK) {
            return task(event.pid(), event.comm());
        }
        return cpu(event.cpu());
    }

    private Track task(int pid, String comm) {
        Track track = new Track(TASKS, pid);
        name(track, comm + ":" + pid);
        return track;
    }

    private Track cpu(int cpu) {
        Track track = new Track(CPUS, cpu + 1);
        name(track, "CPU " + cpu);
        return track;
    }

    /** Of who did it, as {@link LifeRecord#by} has it: {@code drmgr:1009}, {@code softirq on CPU 3}. */
    private Track trackOf(String by) {
        int cpu = by.lastIndexOf(" on CPU ");
        if (cpu >= 0) {
            return cpu(Integer.parseInt(by.substring(cpu + " on CPU ".length())));
        }
        int colon = by.lastIndexOf(':');
        return task(Integer.parseInt(by.substring(colon + 1)), by.substring(0, colon));
    }

    @Override
    public void life(LifeRecord change, Supplier<List<String>> stack) {
        now = Math.max(now, change.timeNanos());
        switch (change) {
            case LifeRecord.Mapped mapped -> {
                Track track = trackOf(mapped.by());
                long drawn = file.slice(track, "map page " + mapped.page(), "dma", mapped.timeNanos(), mapped.timeNanos() + MOMENT,
                        "address",
                        hex(mapped.address()), "bytes", mapped.bytes(), "device", mapped.device());
                mappings.mapped(mapped, track, drawn);
            }
            case LifeRecord.Unmapped unmapped -> {
                Track track = trackOf(unmapped.by());
                long drawn = file.slice(track, (unmapped.late() ? "late unmap page " : "unmap page ") + unmapped.page(), "dma",
                        unmapped.timeNanos(),
                        unmapped.timeNanos() + MOMENT, "address", hex(unmapped.address()), "bytes", unmapped.bytes(), "device",
                        unmapped.device());
                mappings.unmapped(unmapped, track, drawn);
            }
            case LifeRecord.StaleAccess stale -> objects.stale(stale, trackOf(stale.by()), stack.get());
            default -> objects.change(change);
        }
    }

    @Override
    public void log(LogLine line) {
        if (line.text().isBlank()) {
            return;
        }
        file.instant(LOG, line.text(), line.level().name().toLowerCase(Locale.ROOT), 't', line.timeNanos());
    }

    @Override
    public void finding(FindingRecord finding) {
        file.instant(FINDINGS, finding.kind() + ": " + finding.subject(), "finding", 'g', finding.firstNanos(), "grade",
                finding.kind().grade().name(), "detail", finding.detail(), "where", finding.where());
    }

    @Override
    public void end() {
        objects.end(now);
        mappings.end(now);
        calls.forEach((track, call) -> file.slice(track, call.name() + ", not returned", "unfinished", call.sinceNanos(), now));
        file.finish();
    }

    @Override
    public void close() {
        file.close();
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
