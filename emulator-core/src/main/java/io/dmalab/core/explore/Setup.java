package io.dmalab.core.explore;

import java.util.Set;

/**
 * How one execution is explored.
 *
 * @param names   numbers shared by all executions of an exploration
 * @param chooser who goes on
 * @param types   kernel types whose accesses are scheduling points; empty for all. Accesses to others belong to the step they follow
 * @param horizonNanos what is due later than this after the exploration's begin does not happen
 * @param steps   an execution ends after this many steps, with a finding
 * @param stops   a forbidden finding ends the execution; if not, it goes on with the old contents of whatever was freed
 * @param narrate steps say in words what they do, which costs time
 * @param preemptible a grace period of RCU waits for read sections alone, not for all that tasks do between two sleeps
 */
public record Setup(Names names, Chooser chooser, Set<String> types, long horizonNanos, int steps, boolean stops, boolean narrate,
        boolean preemptible) {
    public Setup {
        types = Set.copyOf(types);
    }

    /** Whether an access to that kernel type is a scheduling point. */
    public boolean yields(String type) {
        return types.isEmpty() || types.contains(type);
    }
}
