package io.dmalab.core.run;

import io.dmalab.core.explore.Coverage;
import io.dmalab.core.explore.Estimate;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What an exploration found.
 *
 * @param executions interleavings looked at to their end or to a violation
 * @param cut        executions given up because all that could follow was known
 * @param steps      steps of all executions, replayed prefixes included
 * @param longest    steps of the longest execution
 * @param further    executions behind the first violation, in which a shorter schedule to it was looked for; not among the others
 * @param guarantee  what the strategy promises
 * @param missing    what was not looked at, empty if nothing
 * @param coverage   states and transitions, if the strategy matches states
 * @param estimate   how much of the whole that is, if the strategy can make one
 * @param violations those that differ, in order of discovery, each minimised
 * @param nanos      wall-clock time it took
 * @param names      what the numbers of contexts mean
 */
public record Exploration(String scenario, String policy, Verdict verdict, long executions, long cut, long steps, int longest, long further,
        String guarantee, String missing, Optional<Coverage> coverage, Optional<Estimate> estimate, List<Violation> violations, long nanos, Names names) {
    public Exploration {
        violations = List.copyOf(violations);
    }

    /** One of its violations as commit messages draw a race: one column a context, time downwards, at most 75 characters wide. */
    public List<String> diagram(Violation violation) {
        return new RaceDiagram(violation, names).lines();
    }
}
