package io.dmalab.platform.pseries.policy;

/** What {@code dmalab policies show} says about this module's policies. */
public final class PolicyTexts {
    public static final String WAIT_FOR_DRAIN = """
            Mechanism  Two changes to the removal. The detach notifier drops the table group first, while its windows still work, and
                       removes the windows then. And a table whose last reference is gone is looked at every 50 ms until no entry is
                       in use; after 120 s it is warned about and freed all the same. Each table of the group waits by itself.
            Origin     "powerpc/pseries/iommu: Wait until all TCEs are unmapped before deleting DDW", Gaurav Batra (IBM),
                       v1 of 16 September 2024 <20240916183558.89919-1-gbatra@linux.ibm.com>,
                       v2 of 13 February 2025 <20250213171051.63748-1-gbatra@linux.ibm.com>; both are the same code. Not merged: the
                       page_pool was changed instead (policy unmap-at-destroy). Facts: free-policies.md P1.
            Cost       The removal blocks until the last late unmap, up to 120 s for each table, with a line in the log every 50 ms.
                       Nothing on the data path.
            Fails by   Buffers that are held longer than the cap: then it is the legacy kernel, only later. The tasks that queue up on
                       locks the remover holds meanwhile. Firmware that isolates the slot before the node is detached, so that the
                       wait is for a window that is gone.
            """;

    public static final String WAIT_WITHOUT_SWAP = """
            Mechanism  The seed's first hunk alone: the table is waited for, but its windows have been cleared and removed by then.
                       Late unmaps are refused by the hypervisor (H_PARAMETER) and clear the table's bits nevertheless, so the wait
                       ends.
            Origin     A variant made here to show what the patch's second hunk is for. Facts: free-policies.md P2, wait-no-order-swap.
            Cost       As wait-for-drain, and an error block in the log for late unmaps, up to 10 every 5 s.
            Fails by   Clearing the entries of another device, if the window's number is given out again during the wait; and what
                       wait-for-drain fails by.
            """;

    public static final String SWAP_WITHOUT_WAIT = """
            Mechanism  The seed's second hunk alone: the table group is dropped before its windows are removed, but nobody waits. A
                       table in use is warned about ("Unexpected TCEs") and freed.
            Origin     A variant made here to show what the patch's first hunk is for. Facts: free-policies.md P2.
            Cost       None.
            Fails by   Use after free of the table and its bitmap by every later unmap, as the legacy kernel.
            """;

    private PolicyTexts() {}
}
