package io.dmalab.cli;

import io.dmalab.core.run.Explorer;
import java.util.Locale;

/** One line on stderr while an exploration runs, at a terminal only; ends the exploration when the command is interrupted. */
final class ExplorationProgress implements Explorer.Watch {
    private static final long STEP_NANOS = 200_000_000L;

    private final Output output;
    private final Thread command = Thread.currentThread();
    private final boolean shown;
    private long start = System.nanoTime();
    private long next = start + STEP_NANOS;
    private boolean dirty;
    private volatile boolean interrupted;

    ExplorationProgress(Output output) {
        this.output = output;
        this.shown = output.interactive();
    }

    @Override
    public boolean executed(long executions, long steps, int depth) {
        interrupted |= command.isInterrupted();
        long now = System.nanoTime();
        if (executions == 1) {
            start = now;
        }
        if (shown && now >= next) {
            next = now + STEP_NANOS;
            dirty = true;
            double seconds = Math.max(1, now - start) / 1e9;
            output.err().printf(Locale.ROOT, "\r%,d executions  %,.0f/s  %,.0f steps/s  longest %,d\u001b[K", executions,
                    executions / seconds, steps / seconds, depth);
            output.err().flush();
        }
        return !interrupted;
    }

    boolean interrupted() {
        return interrupted;
    }

    void finish() {
        if (dirty) {
            output.err().print("\r\u001b[K");
            output.err().flush();
        }
    }
}
