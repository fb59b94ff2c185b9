package io.dmalab.api.net;

/**
 * What traffic arrives at a NIC, and when. Pull style: the NIC asks for the next arrival. One instance per device.
 * Times are absolute virtual nanoseconds and never decrease.
 */
public interface Workload {
    /** Advances to the next packet; its arrival time, or {@link Long#MAX_VALUE} if none will come. */
    long next();

    /** Bytes of the packet that {@link #next} advanced to, from the MAC header to the end of the payload. */
    int bytes();

    /** Flow of that packet, from 0; packets of one flow reach one receive queue. */
    int flow();

    /**
     * Called when the interface comes up, and again if its driver is bound anew. Only the first call counts: the peers go on sending, and
     * what arrives while there is no interface is lost.
     *
     * @param now the current time, from which arrivals count
     */
    void start(long now);
}
