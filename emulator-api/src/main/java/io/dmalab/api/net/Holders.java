package io.dmalab.api.net;

import java.util.List;

/** The holders of this machine, in the order of the scenario, with the share of received packets each one gets. */
public interface Holders {
    List<Entry> entries();

    /** @param share fraction of received packets, 0 to 1; shares add up to at most 1, the rest is freed at once */
    record Entry(String id, double share, BufferHolder holder) {}
}
