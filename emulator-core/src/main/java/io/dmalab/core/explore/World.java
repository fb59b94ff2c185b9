package io.dmalab.core.explore;

import java.util.Set;

/**
 * How a scenario wants to be explored.
 *
 * @param points       accesses that are scheduling points, {@code locks} for every lock operation; others belong to the step they follow
 * @param horizonNanos what is due later than this after the exploration's begin does not happen
 * @param preemptible  a grace period of RCU waits for read sections alone, not for all that tasks do between two sleeps
 * @param prompt       what is due at once runs on to its first scheduling point within the step that makes it due
 * @param harm         findings that are looked for
 * @param alike        tasks that are interchangeable: their names up to a slash
 */
public record World(Points points, long horizonNanos, boolean preemptible, boolean prompt, Harm harm, Set<String> alike) {
    public World {
        alike = Set.copyOf(alike);
    }

    /** Every forbidden finding, every context by itself. */
    public static World of(Points points, long horizonNanos, boolean preemptible) {
        return new World(points, horizonNanos, preemptible, false, Harm.FORBIDDEN, Set.of());
    }

    /** What a task goes by: those of one name are interchangeable. */
    public String kin(String comm) {
        int slash = comm.indexOf('/');
        return slash > 0 && alike.contains(comm.substring(0, slash)) ? comm.substring(0, slash) : comm;
    }
}
