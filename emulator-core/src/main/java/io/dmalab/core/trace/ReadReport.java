package io.dmalab.core.trace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What reading a trace came to.
 *
 * @param lines        lines of the file
 * @param events       events handed to the sink
 * @param otherEvents  well-formed lines of events that no declaration covers
 * @param otherNames   how many of each, in order of first appearance; names as printed. At most {@value #NAMES_MAX} names are kept apart,
 *                     the rest is counted under {@value #MORE_NAMES}
 * @param damaged      lines that are neither an event nor a comment, with those that say that events were lost
 * @param firstDamages the first of them, at most {@value #DAMAGES_MAX}
 */
public record ReadReport(long lines, long events, long otherEvents, SequencedMap<String, Long> otherNames, long damaged,
        List<Damage> firstDamages) {
    public static final int NAMES_MAX = 1_000;
    public static final int DAMAGES_MAX = 100;
    public static final String MORE_NAMES = "(others)";

    public ReadReport {
        otherNames = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(otherNames));
        firstDamages = List.copyOf(firstDamages);
    }

    /**
     * A line that could not be read.
     *
     * @param line   from 1
     * @param column from 1, where reading stopped
     * @param cause  in a few words
     */
    public record Damage(long line, int column, String cause) {}
}
