package io.dmalab.core.log;

import io.dmalab.core.run.Progress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;

/** Tells how much of a file has been read, a MiB at a time, and ends when its reader is interrupted. */
final class CountedStream extends FilterInputStream {
    private static final int MIB_SHIFT = 20;

    private final Progress progress;
    private final int totalMib;
    private long bytes;

    CountedStream(InputStream in, long size, Progress progress) {
        super(in);
        this.progress = progress;
        this.totalMib = (int) Math.min(Integer.MAX_VALUE, size >> MIB_SHIFT);
    }

    @Override
    public int read() throws IOException {
        int b = interruptibly(in::read);
        count(b < 0 ? 0 : 1);
        return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = interruptibly(() -> in.read(buffer, offset, length));
        count(Math.max(0, count));
        return count;
    }

    @FunctionalInterface
    private interface Read {
        int read() throws IOException;
    }

    private static int interruptibly(Read read) throws IOException {
        try {
            if (!Thread.currentThread().isInterrupted()) {
                return read.read();
            }
        } catch (ClosedByInterruptException e) {
            // it waited for more; said below
        }
        throw new CancellationException("interrupted while reading");
    }

    private void count(int more) {
        long before = bytes >> MIB_SHIFT;
        bytes += more;
        if (bytes >> MIB_SHIFT > before) {
            progress.finished((int) (bytes >> MIB_SHIFT), totalMib);
        }
    }
}
