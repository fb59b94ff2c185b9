package io.dmalab.core.trace;

import io.dmalab.api.observe.LifeRecord;
import io.dmalab.core.trace.TraceEventFile.Track;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lives of kernel objects in a {@link PerfettoWriter}'s file: those that have a name, and those that are touched when they are freed. */
final class ObjectTracks {
    static final int PROCESS = 4;

    private static final class Life {
        final LifeRecord.Allocated birth;
        String name = "";
        long freedNanos = -1;
        Track track;

        Life(LifeRecord.Allocated birth) {
            this.birth = birth;
        }
    }

    private final TraceEventFile file;
    private final Map<Long, Life> lives = new LinkedHashMap<>();
    private int tracks;

    ObjectTracks(TraceEventFile file) {
        this.file = file;
    }

    void change(LifeRecord change) {
        switch (change) {
            case LifeRecord.Allocated allocated -> lives.put(allocated.address(), new Life(allocated));
            case LifeRecord.Named named -> lives.get(named.address()).name = named.name();
            case LifeRecord.Freed freed -> lives.get(freed.address()).freedNanos = freed.timeNanos();
            default -> { }
        }
    }

    /** Marked twice: on the object's track, and with whoever did it. */
    void stale(LifeRecord.StaleAccess stale, Track by, List<String> stack) {
        String what = "use after free: " + (stack.isEmpty() ? "somebody" : stack.getFirst()) + (stale.write() ? " writes " : " reads ")
                + stale.field() + " of " + stale.type();
        String functions = String.join(" < ", stack);
        file.instant(track(lives.get(stale.address())), what, "use-after-free", 'p', stale.timeNanos(), "by", stale.by(), "stack",
                functions);
        file.instant(by, what, "use-after-free", 't', stale.timeNanos(), "object", PerfettoWriter.hex(stale.address()), "stack", functions);
    }

    private Track track(Life life) {
        if (life.track == null) {
            life.track = new Track(PROCESS, ++tracks);
            file.trackName(life.track, title(life));
        }
        return life.track;
    }

    private static String title(Life life) {
        return life.birth.type() + (life.name.isEmpty() ? " at " + PerfettoWriter.hex(life.birth.address()) : " of " + life.name);
    }

    /** Objects whose life is worth a track: the others are too many, and nothing happened to them. */
    void end(long now) {
        for (Life life : lives.values()) {
            if (life.track != null || !life.name.isEmpty()) {
                boolean freed = life.freedNanos >= 0;
                file.slice(track(life), title(life) + (freed ? ", alive" : ", alive when the run ended"), "object", life.birth.timeNanos(),
                        freed ? life.freedNanos : now, "address", PerfettoWriter.hex(life.birth.address()), "bytes", life.birth.bytes(),
                        "allocated by", life.birth.by());
            }
        }
    }
}
