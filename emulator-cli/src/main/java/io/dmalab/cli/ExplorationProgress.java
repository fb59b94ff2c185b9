package io.dmalab.cli;

import io.dmalab.core.explore.Estimate;
import io.dmalab.core.run.Explorer;
import java.util.Locale;
import java.util.Optional;

/** One line on stderr while explorations run, at a terminal only; ends them when the command is interrupted. */
final class ExplorationProgress {
    private static final long STEP_NANOS = 200_000_000L;

    private final Output output;
    private final Thread command = Thread.currentThread();
    private final boolean shown;
    private final long start = System.nanoTime();
    private long next = start + STEP_NANOS;
    private boolean dirty;
    private volatile boolean interrupted;
    private int explorations;
    private long executions;
    private long steps;
    private int longest;

    ExplorationProgress(Output output) {
        this.output = output;
        this.shown = output.interactive();
    }

    /** The watch of one exploration; those of several show together. */
    Explorer.Watch exploration() {
        explorations++;
        return new Explorer.Watch() {
            private long knownExecutions;
            private long knownSteps;

            @Override
            public boolean executed(Explorer.Seen seen) {
                boolean goesOn = add(seen.executions() - knownExecutions, seen.steps() - knownSteps, seen.longest(), seen.estimate());
                knownExecutions = seen.executions();
                knownSteps = seen.steps();
                return goesOn;
            }
        };
    }

    private synchronized boolean add(long moreExecutions, long moreSteps, int length, Optional<Estimate> estimate) {
        executions += moreExecutions;
        steps += moreSteps;
        longest = Math.max(longest, length);
        interrupted |= command.isInterrupted();
        long now = System.nanoTime();
        if (shown && now >= next) {
            next = now + STEP_NANOS;
            dirty = true;
            double seconds = Math.max(1, now - start) / 1e9;
            output.err().printf(Locale.ROOT, "\r%,d executions  %,.0f/s  %,.0f steps/s  longest %,d%s\u001b[K", executions,
                    executions / seconds, steps / seconds, longest,
                    estimate.filter(one -> explorations == 1).map(one -> left(one, seconds)).orElse(""));
            output.err().flush();
        }
        return !interrupted;
    }

    /** What is left, as far as can be said: of one exploration only. */
    private static String left(Estimate estimate, double seconds) {
        double left = (estimate.total() - estimate.done()) * seconds / Math.max(1, estimate.done());
        return String.format(Locale.ROOT, "  about %.0f %% of %s, %s left", 100 * estimate.share(), estimate.rounded(), duration(left));
    }

    private static String duration(double seconds) {
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.0f s", seconds);
        }
        double minutes = seconds / 60;
        return minutes < 120 ? String.format(Locale.ROOT, "%.0f min", minutes) : String.format(Locale.ROOT, "%,.0f h", minutes / 60);
    }

    boolean interrupted() {
        return interrupted || command.isInterrupted();
    }

    void finish() {
        if (dirty) {
            output.err().print("\r\u001b[K");
            output.err().flush();
        }
    }
}
