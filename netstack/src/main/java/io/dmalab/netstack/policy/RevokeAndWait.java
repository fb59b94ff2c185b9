package io.dmalab.netstack.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import io.dmalab.api.policy.Verdict;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * Policy {@code revoke-and-wait} (free-policies.md P17): a remove takes the pages back from whoever has them and waits until all are
 * unmapped.
 */
public final class RevokeAndWait implements FreePolicy {
    static final String SUMMARY =
            "a remove revokes its pages: who can copies or drops them, and the remove waits until the last is unmapped";
    static final String DESCRIPTION = """
            Mechanism  What dma-buf asks of an exporter, carried over to page pools: the driver's remove tells everybody who has a page to
                       give it back, and waits until all unmaps are done. The stack's ways to give a page back are those it has: TCP copies
                       its receive queues into fresh buffers and prunes its out-of-order queues (tcp_collapse, as when memory is short; of
                       every socket, whichever interface its data came through), reassembly drops, defer lists are flushed. A destroyed pool
                       does not recycle: what comes home is unmapped at once. Repeated at each repetition of the unregister notice, until
                       nothing is out.
            Origin     Revocation of dma-buf mappings, January 2026 (Jason Gunthorpe, 23 January 2026 <20260123163132.GA1641016@ziepe.ca>);
                       Rust's Revocable and devres are the same idea. Nobody proposed it for page pools; this is what it would be. The
                       driver chardev with track-open-files revokes in the same sense. Facts: free-policies.md P17.
            Cost       The copies, and the wait. Nothing on the data path.
            Fails by   Holders that have no way to give a page back and keep the data: UDP and packet sockets, taps, netfilter queues. Then
                       it waits without a bound, as stall-unregister does, under the device's lock. An importer of a dma-buf is obliged to
                       obey; nobody in the stack is.""";

    private final Stack stack;

    @Inject
    public RevokeAndWait(Stack stack) {
        this.stack = stack;
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new PoolGuard() {
            @Override
            public void firstScrub(PoolTeardown pool) {
                pool.stopRecycling();
            }
        };
    }

    @Override
    public Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
        if (poolPagesInFlight == 0) {
            return Verdict.PROCEED;
        }
        stack.event(new HolderEvent.MemoryPressure());
        stack.kickHolders(netdev);
        return new Verdict.WaitFor(StallUnregister.LINE);
    }
}
