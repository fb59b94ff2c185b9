package io.dmalab.core.log;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Date and time of day as logs print them; only differences mean anything, since most logs leave out the year and the zone. */
final class WallClock {
    private static final String DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private static final String TIME = "(?<h>\\d\\d):(?<m>\\d\\d):(?<s>\\d\\d)(?:[.,](?<f>\\d{1,9}))?";
    /** {@code Nov 25 11:02:12}, {@code 2026-11-25T11:02:12.403820+0000}, {@code Tue Nov 25 11:02:12 2026}, {@code Tue 2026-11-25 11:02:12 UTC}. */
    static final String PATTERN = "(?<wall>(?:" + DAY + "\\s+)?(?:(?<mon>[A-Z][a-z]{2})\\s+(?<d>\\d{1,2})\\s+|(?<date>\\d{4}-\\d\\d-\\d\\d)[T ])"
            + TIME + "(?:Z|[+-]\\d\\d:?\\d\\d|\\s+[A-Z]{2,5}|\\s+\\d{4})?)";
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    /** A leap year, so that every date exists in it. */
    private static final int NO_YEAR = 2000;
    private static final int SECOND_DIGITS = 9;

    private static final Pattern DASHES = Pattern.compile("-");

    private WallClock() {}

    /** @return nanoseconds, or -1 if there is no such time */
    static long nanos(Matcher matcher) {
        try {
            String fraction = matcher.group("f") == null ? "" : matcher.group("f");
            int nano = Integer.parseInt((fraction + "000000000").substring(0, SECOND_DIGITS));
            int[] date = date(matcher);
            LocalDateTime time = LocalDateTime.of(date[0], date[1], date[2], number(matcher, "h"), number(matcher, "m"),
                    Math.min(59, number(matcher, "s")), nano);
            return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000_000L + nano;
        } catch (DateTimeException e) {
            return -1;
        }
    }

    private static int[] date(Matcher matcher) {
        if (matcher.group("date") != null) {
            return DASHES.splitAsStream(matcher.group("date")).mapToInt(Integer::parseInt).toArray();
        }
        return new int[] {NO_YEAR, MONTHS.indexOf(matcher.group("mon")) + 1, number(matcher, "d")};
    }

    private static int number(Matcher matcher, String group) {
        return Integer.parseInt(matcher.group(group));
    }
}
