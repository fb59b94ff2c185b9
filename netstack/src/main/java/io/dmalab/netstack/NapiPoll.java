package io.dmalab.netstack;

/** A driver's poll function. */
@FunctionalInterface
public interface NapiPoll {
    /**
     * Does up to {@code budget} packets of work. Softirq context. A result below the budget means that there is no more to do: NAPI
     * then completes (napi_complete_done) and the driver re-arms its interrupt before it returns; an interrupt that comes in between is
     * not lost.
     *
     * @return work done, 0 to {@code budget}
     */
    int poll(int budget);
}
