package io.dmalab.testkit;

import io.dmalab.core.scenario.BadInput;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Seeds as an annotation has them: {@code 7}, {@code 1..100}, {@code 1,5,9..12}. */
record Seeds(List<Range> ranges) {
    static final int MOST = 100_000;
    private static final Pattern RANGE = Pattern.compile("(-?[0-9]{1,18})(?:\\.\\.(-?[0-9]{1,18}))?");

    /** Both ends belong to it. */
    record Range(long first, long last) {
        long size() {
            return last - first + 1;
        }
    }

    /** @param place for messages @throws BadInput if it has not that form */
    static Seeds parse(String text, String place) {
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = RANGE.matcher(part.strip());
            if (!matcher.matches()) {
                throw BadInput.of(place, "'" + part.strip() + "' is no seed and no range of seeds", "write e.g. 7, 1..100 or 1,5,9..12");
            }
            long first = Long.parseLong(matcher.group(1));
            long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
            if (last < first) {
                throw BadInput.of(place, "the range " + part.strip() + " ends before it begins", "write " + last + ".." + first);
            }
            ranges.add(new Range(first, last));
        }
        Seeds seeds = new Seeds(List.copyOf(ranges));
        if (ranges.stream().mapToLong(Range::size).anyMatch(size -> size > MOST) || seeds.size() > MOST) {
            throw BadInput.of(place, "more than " + MOST + " seeds", "split them among several tests");
        }
        return seeds;
    }

    long size() {
        return ranges.stream().mapToLong(Range::size).sum();
    }
}
