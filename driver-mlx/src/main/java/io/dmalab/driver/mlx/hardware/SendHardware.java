package io.dmalab.driver.mlx.hardware;

/**
 * A send queue as the device sees it: it works through WQEs in order and completes each some time after its doorbell. Serves packet queues
 * and, for UMR WQEs, the internal control queue. Completion times are known at the doorbell, so that no event is needed until somebody
 * waits for one.
 */
public final class SendHardware {
    private static final long NEVER = Long.MAX_VALUE;

    private final long[] doneAt;
    private final int mask;
    private final int coalesceCount;
    private final long coalesceNanos;
    private long lastDone;
    private int posted;
    private int done;
    private int consumed;
    private boolean stuck;

    /**
     * @param logSize       log2 of the number of WQEs that may be outstanding
     * @param coalesceCount completions after which an armed queue interrupts at once, at least 1
     * @param coalesceNanos time after the first completion at which it interrupts otherwise
     */
    public SendHardware(int logSize, int coalesceCount, long coalesceNanos) {
        doneAt = new long[1 << logSize];
        mask = doneAt.length - 1;
        this.coalesceCount = coalesceCount;
        this.coalesceNanos = coalesceNanos;
    }

    /** Doorbell of one WQE that takes {@code nanos} from the moment the device gets to it. */
    public void post(long now, long nanos) {
        if (posted - consumed > mask) {
            throw new IllegalStateException("send queue overrun");
        }
        lastDone = Math.max(lastDone, now) + nanos;
        doneAt[posted++ & mask] = lastDone;
    }

    /** WQEs completed by {@code now} that software has not consumed. */
    public int completions(long now) {
        while (!stuck && done != posted && doneAt[done & mask] <= now) {
            done++;
        }
        return done - consumed;
    }

    /** Software is done with the oldest {@code count} completions. */
    public void consume(int count) {
        consumed += count;
    }

    /** The queue is in error or destroyed: nothing completes any more. */
    public void stop() {
        stuck = true;
    }

    /** WQEs that have not been consumed. */
    public int outstanding() {
        return posted - consumed;
    }

    /** When an armed queue interrupts, given what is posted now; {@link Long#MAX_VALUE} if it does not. */
    long interruptAt() {
        if (stuck && done == consumed || posted == consumed) {
            return NEVER;
        }
        long first = doneAt[consumed & mask] + coalesceNanos;
        return posted - consumed < coalesceCount ? first : Math.min(first, doneAt[consumed + coalesceCount - 1 & mask]);
    }
}
