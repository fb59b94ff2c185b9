package io.dmalab.core.run;

import java.util.OptionalLong;

/**
 * One removal of a device as its remover saw it.
 *
 * @param device       alias in the scenario
 * @param startNanos   virtual time at which the command was given
 * @param endNanos     virtual time at which it returned; empty if it had not when the run ended
 * @param outcome      {@code removed}, {@code failed: ...} or {@code unfinished}
 * @param directMapped streaming mappings of the device bypassed the IOMMU tables
 * @param mappedBefore live streaming mappings when the command was given
 * @param mappedAfter  live streaming mappings when it returned; all of them late
 * @param history      digest of who had received what by the time the command was given: the same for every policy on one seed, whatever a policy
 *                     draws for itself
 */
public record Removal(
        String device,
        long startNanos,
        OptionalLong endNanos,
        String outcome,
        boolean directMapped,
        int mappedBefore,
        int mappedAfter,
        long history) {

    /** Outcome of a removal that returned success. */
    public static final String REMOVED = "removed";
    /** Outcome of a removal that has not returned. */
    public static final String UNFINISHED = "unfinished";

    public boolean removed() {
        return outcome.equals(REMOVED);
    }

    /** Virtual nanoseconds the remover was blocked; up to {@code now} if it never returned. */
    public long blockedNanos(long now) {
        return endNanos.orElse(now) - startNanos;
    }
}
