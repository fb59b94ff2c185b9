package io.dmalab.cli;

import io.dmalab.core.run.Progress;
import java.util.Locale;

/** One line on stderr with rate and time left, rewritten in place; only at a terminal, and only once work has lasted a moment. */
final class ProgressLine implements Progress {
    private static final long QUIET_NANOS = 300_000_000L;
    private static final long STEP_NANOS = 100_000_000L;

    private final Output output;
    private final String unit;
    private final boolean shown;
    private final long start = System.nanoTime();
    private long next = start + QUIET_NANOS;
    private boolean dirty;

    ProgressLine(Output output, String unit) {
        this.output = output;
        this.unit = unit;
        this.shown = output.interactive();
    }

    @Override
    public synchronized void finished(int done, int total) {
        long now = System.nanoTime();
        if (!shown || now < next) {
            return;
        }
        next = now + STEP_NANOS;
        dirty = true;
        double rate = done / ((now - start) / 1e9);
        output.err().printf(Locale.ROOT, "\r%d of %d %s  %.0f/s  %.0f s left\u001b[K", done, total, unit, rate, (total - done) / rate);
        output.err().flush();
    }

    synchronized void finish() {
        if (dirty) {
            output.err().print("\r\u001b[K");
            output.err().flush();
            dirty = false;
        }
    }
}
