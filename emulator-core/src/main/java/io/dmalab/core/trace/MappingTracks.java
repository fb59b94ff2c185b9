package io.dmalab.core.trace;

import io.dmalab.api.observe.LifeRecord;
import io.dmalab.core.trace.TraceEventFile.Track;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Mappings in a {@link PerfettoWriter}'s file: counters by device, and spans with an arrow for those that are ended late or never. */
final class MappingTracks {
    /** @param drawnNanos where the slice of its map begins */
    private record Live(LifeRecord.Mapped mapped, Track by, long drawnNanos) {}

    private final TraceEventFile file;
    private final Track late;
    private final Track left;
    private final Map<String, Deque<Live>> live = new LinkedHashMap<>();
    private final Map<String, long[]> counts = new LinkedHashMap<>();
    private long spans;

    MappingTracks(TraceEventFile file, Track late, Track left) {
        this.file = file;
        this.late = late;
        this.left = left;
    }

    /** @param drawnNanos where the slice of the map begins in the file */
    void mapped(LifeRecord.Mapped mapped, Track by, long drawnNanos) {
        live.computeIfAbsent(key(mapped.device(), mapped.address()), key -> new ArrayDeque<>()).add(new Live(mapped, by, drawnNanos));
        count(mapped.device(), mapped.coherent(), mapped.timeNanos(), 1);
    }

    /** @param drawnNanos where the slice of the unmap begins in the file */
    void unmapped(LifeRecord.Unmapped unmapped, Track by, long drawnNanos) {
        Deque<Live> there = live.get(key(unmapped.device(), unmapped.address()));
        Live begun = there.removeLast();
        if (there.isEmpty()) {
            live.remove(key(unmapped.device(), unmapped.address()));
        }
        count(unmapped.device(), unmapped.coherent(), unmapped.timeNanos(), -1);
        if (unmapped.late()) {
            long id = span(late, begun, unmapped.timeNanos());
            file.arrow("late unmap", "late", id, begun.by(), begun.drawnNanos(), by, drawnNanos);
        }
    }

    private long span(Track track, Live begun, long toNanos) {
        LifeRecord.Mapped mapped = begun.mapped();
        spans++;
        file.span(track, "page " + mapped.page(), track.equals(late) ? "late" : "left", spans, mapped.timeNanos(), toNanos, "address",
                PerfettoWriter.hex(mapped.address()), "bytes", mapped.bytes(), "device", mapped.device(), "mapped by", mapped.by());
        return spans;
    }

    private void count(String device, boolean coherent, long nanos, int change) {
        long[] count = counts.computeIfAbsent(device, d -> new long[2]);
        count[coherent ? 1 : 0] += change;
        file.counter(late.process(), (coherent ? "coherent buffers of " : "streaming mappings of ") + device, nanos, "live",
                count[coherent ? 1 : 0]);
    }

    private static String key(String device, long address) {
        return device + " " + address;
    }

    void end(long now) {
        live.values().stream().flatMap(Deque::stream).toList().forEach(begun -> span(left, begun, now));
    }
}
