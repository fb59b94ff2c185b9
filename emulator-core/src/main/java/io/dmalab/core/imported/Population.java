package io.dmalab.core.imported;

import io.dmalab.api.recorded.Subject;
import io.dmalab.core.imported.Phases.Phase;
import java.util.List;

/**
 * All things of a kind and of one owner.
 *
 * @param owner       interface or device; empty if the trace does not say
 * @param began       in the recording
 * @param ended       of those
 * @param endedUnseen of those, how many must have ended, for another one began in their place, but not when
 * @param foreignEnds ends of things that began before the recording
 * @param bytes       of all that began
 * @param largest     bytes of the largest
 * @param cpus        number of CPUs on which they began
 * @param liveMost    the most that lived at a time
 * @param phases      how long things were held by when they began
 */
public record Population(Subject subject, String owner, long began, long ended, long endedUnseen, long foreignEnds, long bytes,
        long largest, int cpus, long liveMost, Trains beginnings, HoldDistribution holds, List<Phase> phases, Timeline live) {
    public Population {
        phases = List.copyOf(phases);
    }

    /** Those that still lived when the recording ended. */
    public long open() {
        return holds.open();
    }
}
