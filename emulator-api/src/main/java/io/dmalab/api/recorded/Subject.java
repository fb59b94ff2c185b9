package io.dmalab.api.recorded;

/** What begins and ends in a trace. Ordered from what says most about a workload to what says least. */
public enum Subject {
    /** A packet, from its arrival in the stack to the end of its sk_buff. Owner: the interface. */
    PACKET,
    /** A page of a page_pool, from the allocator until it goes back there; recycled pages stay. Owner: none. */
    PAGE,
    /** A DMA mapping. Owner: the device. */
    MAPPING,
    /** A mapping of which only the hypercalls are seen, without arguments: ends are matched in order of beginning. Owner: none. */
    UNNAMED_MAPPING
}
