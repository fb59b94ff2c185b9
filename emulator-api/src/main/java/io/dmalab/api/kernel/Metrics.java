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
    /** Tasks that the hung-task detector reported. */
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
    /** TCE hypercalls for single mappings between start and end of the removal, by the remover; not those that clear a window as a whole. */
    String REMOVAL_TCE_CALLS = "removal_tce_calls";

    /** The counter of that name; the same one on every call. */
    Counter counter(String name);
}
