package io.dmalab.core.log;

import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes off what stands before a kernel's message: mail quoting, printk's level, time stamp and caller, {@code dmesg -T}, {@code -H} and {@code -d}, journalctl and
 * syslog heads, /dev/kmsg and netconsole records, colours, and unknown words of a serial console before printk's time stamp.
 */
final class Prefix {
    private static final int ROUNDS = 8;
    /** A time stamp that begins later in its line is part of the text. */
    private static final int SERIAL_LONGEST = 100;
    private static final long MICROS = 1_000;

    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");
    private static final Pattern QUOTE = Pattern.compile(">(?=[> \t\\[<]|$)[ \t]?|<\\d{1,3}>|\\[\\s*[TC]\\d+]\\s?"
            + "|\\[\\s*\\+\\d+\\.\\d+]\\s?|\\[[A-Z][a-z]{2}\\s?\\d{1,2} \\d\\d:\\d\\d]\\s?");
    private static final Pattern UPTIME = Pattern.compile("\\[\\s*(\\d{1,12})\\.(\\d{6,9})(?: <\\s*\\d+\\.\\d+>)?]\\s?");
    private static final Pattern CTIME = Pattern.compile("\\[" + WallClock.PATTERN + "]\\s?");
    private static final Pattern KMSG = Pattern.compile("\\d+,\\d+,(\\d{1,15}),[^;\\s]{1,40};");
    private static final Pattern SYSLOG = Pattern.compile(WallClock.PATTERN + "\\s+(?:\\S+\\s+(?<by>[\\w./@:-]+?)(?:\\[\\d+])?:\\s?|(?=\\[\\s*\\d))");
    private static final Pattern BARE_WALL = Pattern.compile(WallClock.PATTERN + "\\s+");
    private static final Pattern HOST_KERNEL = Pattern.compile("\\S+ kernel: ?");

    private Clock clock = Clock.NONE;
    private long nanos;
    private String stamp = "";
    private boolean foreign;
    private String rest;

    private Prefix() {}

    /** @return the place with the text that is left, or null if another program wrote the line */
    static Place strip(long number, String raw) {
        Prefix prefix = new Prefix();
        prefix.rest = raw.indexOf('\u001b') < 0 ? raw : COLOUR.matcher(raw).replaceAll("");
        for (int i = 0; i < ROUNDS && !prefix.foreign && (prefix.one() || prefix.serial()); i++) {
            // one more is gone
        }
        if (prefix.foreign) {
            return null;
        }
        return new Place(number, prefix.rest.strip(), prefix.clock, prefix.nanos, prefix.stamp);
    }

    private boolean one() {
        rest = rest.stripLeading();
        if (rest.isEmpty()) {
            return false;
        }
        char c = rest.charAt(0);
        if (c == '>' || c == '<' || c == '[') {
            return c == '[' && uptime(take(UPTIME)) || take(QUOTE) != null || wall(take(CTIME), false);
        }
        if (!Character.isLetterOrDigit(c)) {
            return false;
        }
        if (Character.isDigit(c)) {
            Matcher kmsg = take(KMSG);
            if (kmsg != null) {
                return uptime(Long.parseLong(kmsg.group(1)) * MICROS, "");
            }
        }
        if (clock == Clock.UPTIME) {
            return take(HOST_KERNEL) != null;
        }
        return clock == Clock.NONE && (wall(take(SYSLOG), true) || wall(take(BARE_WALL), false));
    }

    private Matcher take(Pattern pattern) {
        Matcher matcher = pattern.matcher(rest);
        if (!matcher.lookingAt()) {
            return null;
        }
        rest = rest.substring(matcher.end());
        return matcher;
    }

    private boolean uptime(Matcher matcher) {
        if (matcher == null) {
            return false;
        }
        String fraction = (matcher.group(2) + "000").substring(0, 9);
        return uptime(Long.parseLong(matcher.group(1)) * 1_000_000_000L + Long.parseLong(fraction),
                matcher.group(1) + "." + matcher.group(2));
    }

    private boolean uptime(long value, String text) {
        clock = Clock.UPTIME;
        nanos = value;
        stamp = text.isEmpty() ? String.format(java.util.Locale.ROOT, "%d.%06d", value / 1_000_000_000L, value / MICROS % 1_000_000) : text;
        return true;
    }

    private boolean wall(Matcher matcher, boolean syslog) {
        if (matcher == null) {
            return false;
        }
        String by = syslog ? matcher.group("by") : null;
        foreign = by != null && !by.equals("kernel");
        long value = WallClock.nanos(matcher);
        if (clock == Clock.NONE && value >= 0) {
            clock = Clock.WALL;
            nanos = value;
            stamp = matcher.group("wall");
        }
        return true;
    }

    /** A console server's own words, then the kernel's line. */
    private boolean serial() {
        if (clock == Clock.UPTIME) {
            return false;
        }
        int bracket = rest.indexOf('[');
        while (bracket > 0 && bracket < SERIAL_LONGEST) {
            Matcher matcher = UPTIME.matcher(rest).region(bracket, rest.length());
            if (matcher.lookingAt()) {
                rest = rest.substring(matcher.end());
                return uptime(matcher);
            }
            bracket = rest.indexOf('[', bracket + 1);
        }
        return false;
    }
}
