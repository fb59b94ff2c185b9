package io.dmalab.api.kernel;

import java.util.function.Supplier;

/** Where the model reports what went wrong. Reports of one kind and subject are counted, and the first is kept in full with its stack. */
public interface Findings {
    /**
     * @param subject what it concerns, e.g. {@code LIOBN 0x70000016}; equal subjects are one finding
     * @param detail  one sentence with the decoded values of this occurrence
     */
    void report(FindingKind kind, String subject, String detail);

    /**
     * As {@link #report(FindingKind, String, String)}; {@code detail} is asked for only if the finding is a new one. For what may happen
     * often.
     */
    default void report(FindingKind kind, String subject, Supplier<String> detail) {
        report(kind, subject, detail.get());
    }
}
