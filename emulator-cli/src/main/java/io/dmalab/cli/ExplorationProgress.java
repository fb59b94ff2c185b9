package io.dmalab.cli;

import io.dmalab.core.run.Explorer;
import java.util.Locale;

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
    private long executions;
    private long steps;
    private int longest;

    ExplorationProgress(Output output) {
        this.output = output;
        this.shown = output.interactive();
    }

    /** The watch of one exploration; those of several show together. */
    Explorer.Watch exploration() {
        return new Explorer.Watch() {
            private long knownExecutions;
            private long knownSteps;

            @Override
            public boolean executed(long ownExecutions, long ownSteps, int ownLongest) {
                boolean goesOn = add(ownExecutions - knownExecutions, ownSteps - knownSteps, ownLongest);
                knownExecutions = ownExecutions;
                knownSteps = ownSteps;
                return goesOn;
            }
        };
    }

    private synchronized boolean add(long moreExecutions, long moreSteps, int one) {
        executions += moreExecutions;
        steps += moreSteps;
        longest = Math.max(longest, one);
        interrupted |= command.isInterrupted();
        long now = System.nanoTime();
        if (shown && now >= next) {
            next = now + STEP_NANOS;
            dirty = true;
            double seconds = Math.max(1, now - start) / 1e9;
            output.err().printf(Locale.ROOT, "\r%,d executions  %,.0f/s  %,.0f steps/s  longest %,d\u001b[K", executions,
                    executions / seconds, steps / seconds, longest);
            output.err().flush();
        }
        return !interrupted;
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
