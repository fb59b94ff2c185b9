package io.dmalab.core.trace;

import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import io.dmalab.api.diagnose.TraceEvent;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/** One event of trace text that stands in a log, as its own words: of any type, whether declared or not. */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class FtraceLine {
    private static final Pattern EVENT = Pattern.compile("[a-z_]\\w*");
    private static final long SECOND = 1_000_000_000L;

    private FtraceLine() {}

    /** @return null if the line is none */
    public static TraceEvent parse(long number, String raw) {
        if (!hasCpu(raw)) {
            return null;
        }
        LinePrefix prefix;
        try {
            prefix = LinePrefix.read(raw);
        } catch (LinePrefix.Unreadable e) {
            return null;
        }
        int end = FtraceReader.endOfName(raw, prefix.end());
        String event = raw.substring(prefix.end(), end).replaceFirst(".*:", "");
        if (end >= raw.length() || raw.charAt(end) != ':' || !EVENT.matcher(event).matches()) {
            return null;
        }
        String payload = raw.substring(end + 1).strip();
        long nanos = prefix.timeNanos();
        String stamp = nanos % 1000 == 0 ? String.format(Locale.ROOT, "%d.%06d", nanos / SECOND, nanos % SECOND / 1000)
                : String.format(Locale.ROOT, "%d.%09d", nanos / SECOND, nanos % SECOND);
        String shown = prefix.comm() + "-" + prefix.pid() + " " + event + ": " + payload;
        return new TraceEvent(new Place(number, shown, Clock.UPTIME, nanos, stamp), prefix.comm(), prefix.pid(), prefix.cpu(), event, payload);
    }

    /** Three digits or more in brackets: most lines of a log have none, and to look closer is dear. */
    private static boolean hasCpu(String raw) {
        for (int at = raw.indexOf('['); at >= 0; at = raw.indexOf('[', at + 1)) {
            int end = at + 1;
            while (end < raw.length() && raw.charAt(end) >= '0' && raw.charAt(end) <= '9') {
                end++;
            }
            if (end - at > 3 && end < raw.length() && raw.charAt(end) == ']') {
                return true;
            }
        }
        return false;
    }
}
