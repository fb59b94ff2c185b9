package io.dmalab.core.log;

import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import io.dmalab.api.diagnose.TraceEvent;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One event of /sys/kernel/tracing/trace, {@code trace-cmd report} or {@code perf script}, whatever the kernel's columns of flags. */
final class FtraceLine {
    private static final Pattern LINE = Pattern.compile("(?<comm>\\S.*?)[- ](?<pid>\\d+)\\s+(?:\\(\\s*[-\\d]+\\)\\s+)?\\[(?<cpu>\\d{3,})]\\s+"
            + "(?:[^\\s:]{3,6}\\s+)?(?<s>\\d{1,12})\\.(?<f>\\d{6,9}):\\s+(?:[a-z_]\\w*:(?=\\w))?(?<event>[a-z_]\\w*):\\s*(?<payload>.*)");

    private FtraceLine() {}

    /** @return null if the line is none */
    static TraceEvent parse(long number, String raw) {
        if (!hasCpu(raw)) {
            return null;
        }
        String text = raw.strip();
        Matcher matcher = LINE.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long nanos = Long.parseLong(matcher.group("s")) * 1_000_000_000L + Long.parseLong((matcher.group("f") + "000").substring(0, 9));
        String comm = matcher.group("comm").strip();
        String payload = matcher.group("payload").strip();
        String shown = comm + "-" + matcher.group("pid") + " " + matcher.group("event") + ": " + payload;
        Place place = new Place(number, shown, Clock.UPTIME, nanos, matcher.group("s") + "." + matcher.group("f"));
        return new TraceEvent(place, comm, number(matcher.group("pid")), number(matcher.group("cpu")), matcher.group("event"), payload);
    }

    /** Three digits or more in brackets: most lines of a log have none, and the pattern is dear. */
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

    private static int number(String digits) {
        return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }
}
