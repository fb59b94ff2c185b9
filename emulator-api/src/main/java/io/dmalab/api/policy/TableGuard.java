package io.dmalab.api.policy;

/** What a policy does inside one translation table. Every hook has the behaviour of the unpatched kernel as its default. */
public interface TableGuard {
    /** The unpatched kernel. The data path of a table with this guard pays nothing. */
    TableGuard NONE = new TableGuard() {};

    /** Entries were handed out; the hypervisor has not heard of them yet. Any context. */
    default void mapped(long entries) {}

    /** Entries are about to be given back. False: their bits are cleared, but the hypervisor does not hear of it. Any context. */
    default boolean unmapping(long entries) {
        return true;
    }

    /**
     * The hypervisor has been told, and the entries' bits are about to be cleared. True: not yet, the guard does so later through {@link
     * TableHandle#giveBack}. Any context.
     *
     * @param first number of the first entry in the table
     */
    default boolean defers(long first, int entries) {
        return false;
    }

    /** Entries have been given back. Any context. */
    default void unmapped(long entries) {}

    /** The unmap of these entries has had its last look at the table, after {@link #unmapped}. Any context. */
    default void left(long entries) {}

    /** The endpoint that the table belongs to drops its reference next; others may hold some. Task context, may sleep. */
    default void ownerLeaves() {}
}
