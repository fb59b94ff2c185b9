package io.dmalab.api.kernel;

/** Counters of a run. The names below are columns of {@code compare}; a plugin may add its own, unit last in the name. */
public interface Metrics {
    /** Unmaps of a device that had no driver any more. */
    String LATE_UNMAPS = "late_unmaps";
    /** Rounds in which a policy looked whether it may go on. */
    String POLL_ROUNDS = "poll_rounds";
    /** Hypervisor entries still valid when their window was removed. */
    String DROPPED_TCES = "dropped_tces";
    /** Mappings live at the end of the run whose device is gone. */
    String LEAKED_TCES = "leaked_tces";
    /** Modelled extra nanoseconds that the policy put on the data path. */
    String HOT_PATH_NS = "hot_path_ns";
    /** Extra operations that the policy put on the data path: flag tests, atomic operations, look-ups. */
    String HOT_PATH_OPS = "hot_path_ops";
    /** Longest time from the unmap that cleared a table's last entry until the remover that waited for it went on, in nanoseconds. */
    String WAKE_LATENCY_NS = "wake_latency_ns";
    /** Table entries handed out, reserved ones not counted. */
    String TABLE_MAPS = "table_maps";
    /** Table entries given back, the hypervisor having been told, whatever it answered. */
    String TABLE_UNMAPS = "table_unmaps";
    /** Late unmaps that the policy made harmless: the hypervisor was not told. */
    String DROPPED_LATE_UNMAPS = "dropped_late_unmaps";
    /** Table entries whose bits were cleared without telling the hypervisor. */
    String DROPPED_ENTRIES = "dropped_entries";
    /** Table entries in use at the end of the run, in tables that are still there. */
    String ENTRIES_IN_USE = "entries_in_use";
    /** Table entries that were in use when their table was freed and that nobody gave back afterwards. */
    String LOST_ENTRIES = "lost_entries";
    /** Memory of tables that were kept after their last reference had gone, in bytes, at its peak. */
    String ZOMBIE_BYTES_PEAK = "zombie_bytes_peak";
    /** The same at the end of the run. */
    String ZOMBIE_BYTES = "zombie_bytes";
    /** Tasks that the hung-task detector reported: victims, as a remover that polls is never reported. */
    String HUNG_TASKS = "hung_tasks";
    /** Those of them that were removing nothing. */
    String INNOCENT_HUNG_TASKS = "innocent_hung_tasks";
    /** Tasks that waited more than 120 s for a lock which a remover held, or which somebody held who waited for a remover. */
    String COLLATERAL_TASKS = "collateral_tasks";
    /** The longest of these waits, in nanoseconds. */
    String COLLATERAL_NS = "collateral_ns";
    /** Bytes of bookkeeping per mapped page, at its peak. */
    String BYTES_PER_PAGE = "bytes_per_page";
    /** Packets delivered to the stack. */
    String RX_PACKETS = "rx_packets";
    /** Packets lost because no receive buffer was posted. */
    String RX_DROPPED = "rx_dropped";
    /** Hypervisor calls that a dead LIOBN answered with an error. */
    String FAILED_TCE_CALLS = "failed_tce_calls";
    /**
     * TCE hypercalls for single mappings between start and end of the removal, by the remover; not those that clear a window as a whole.
     */
    String REMOVAL_TCE_CALLS = "removal_tce_calls";
    /** The longest time for which the lock of the network configuration (RTNL) was held, in microseconds. */
    String RTNL_HELD_MAX_US = "rtnl_held_max_us";
    /** Receive pages that a pool could not use because the policy's bookkeeping had no room for them. */
    String REFUSED_PAGES = "refused_pages";

    /** Has {@code last} run when the run has ended, before the counters are read: for what is still going on then. */
    void atEnd(Runnable last);

    /** The counter of that name; the same one on every call. */
    Counter counter(String name);
}
