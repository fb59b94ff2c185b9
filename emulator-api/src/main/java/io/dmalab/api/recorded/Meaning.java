package io.dmalab.api.recorded;

/** What an event of a trace says about the life of packets, pages, mappings and devices. */
public sealed interface Meaning {
    /**
     * Something begins.
     *
     * @param key   tells it from others of the same subject and owner until it ends; not used for {@link Subject#UNNAMED_MAPPING}
     * @param owner as {@link Subject} says; empty for none
     * @param bytes its size; 0 if the event does not say
     */
    record Began(Subject subject, String owner, long key, long bytes) implements Meaning {}

    /** It has ended. One whose beginning is not in the trace may end, too. @param owner empty if the event does not name it */
    record Ended(Subject subject, String owner, long key) implements Meaning {}

    /** A driver has given up a page_pool. @param inFlight pages that are still out */
    record PoolDestroyed(long pool, long inFlight) implements Meaning {}

    /** Somebody has looked again how many pages a pool that was given up still has out. */
    record PoolChecked(long pool, long inFlight) implements Meaning {}

    /**
     * A step by which a device is taken away, after which its mappings are of no use.
     *
     * @param device its name; empty if the event does not say
     * @param step   in a few words, for reports
     */
    record DeviceTaken(String device, String step) implements Meaning {}

    /** A call to the hypervisor about mappings that was answered. @param call its name @param code name of the return code */
    record Answered(String call, String code, boolean success) implements Meaning {}
}
