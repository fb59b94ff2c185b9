package io.dmalab.api.kernel;

/** A kernel timer (struct timer_list): fires in {@link ContextKind#TIMER} context, rounded up by the timer wheel. */
public interface TimerList {
    /** (Re)arms it {@code jiffies} from now on the current CPU. */
    void mod(long jiffies);

    /** Disarms it; true if it was pending. */
    boolean delete();

    boolean pending();
}
