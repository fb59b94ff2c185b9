package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import io.dmalab.api.policy.PoolTeardown;
import jakarta.inject.Inject;

/**
 * Policy {@code bounded-stall-then-force} (free-policies.md P6): page_pool_destroy hopes for a while that pages come home, then ends the
 * mappings of those that did not.
 */
public final class BoundedStallThenForce implements FreePolicy {
    static final String SUMMARY = "page_pool_destroy waits for its pages for a while and then unmaps those that are still out";
    static final String DESCRIPTION = """
            Mechanism  destroy-waits with an end: when cap is over, the mappings of all pages still out are ended, as unmap-at-destroy does
                       it, from the same array of ids.
            Origin     Alexander Duyck, 6 August 2024 <CAKgT0Ue1+wvoFzymvMhUvbbSTRgW8=qYySkH80KqRKHCXdHWPg@mail.gmail.com>: stall for some
                       time, then force unmapping. No patch. How long to stall was left open; 5s is chosen here. Facts: free-policies.md P6.
            Cost       That of unmap-at-destroy on the data path and in memory, plus up to cap for every pool that is destroyed, one after
                       the other, with RTNL held. A NIC with eight receive queues waits up to eight times.
            Fails by   Ring and MTU changes wait too, for nothing. RTNL is held for the time of the stall. More pages than ids.""";

    /** @param cap how long each pool is waited for */
    public record Options(
            @Option(value = "100ms", doc = "how long it sleeps between two looks, whole milliseconds, at least 1ms") Span interval,
            @Option(value = "5s", doc = "how long a pool is waited for before it is unmapped by force") Span cap,
            @Option(value = "21", doc = "width of a page's id in bits, 0 to 30; 21 on PPC64") int idBits) {
        public Options {
            new PoolDrain.Options(interval, cap);
            new UnmapAtDestroy.Options(idBits);
        }
    }

    private final UnmapAtDestroy force;
    private final PoolDrain drain;

    @Inject
    public BoundedStallThenForce(Kernel kernel, Options options) {
        this.force = new UnmapAtDestroy(kernel, new UnmapAtDestroy.Options(options.idBits()));
        this.drain = new PoolDrain(kernel, new PoolDrain.Options(options.interval(), options.cap()));
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new Stall(force.guardPool(device, poolSize));
    }

    @Override
    public int bytesPerMappedPage() {
        return force.bytesPerMappedPage();
    }

    private final class Stall implements PoolGuard {
        private final PoolGuard tracker;

        Stall(PoolGuard tracker) {
            this.tracker = tracker;
        }

        @Override
        public boolean mapped(int page) {
            return tracker.mapped(page);
        }

        @Override
        public boolean claimUnmap(int page) {
            return tracker.claimUnmap(page);
        }

        @Override
        public void stillInFlight(PoolTeardown pool) {
            if (!drain.await(pool)) {
                tracker.firstScrub(pool);
            }
        }

        @Override
        public boolean pinsDevice(boolean profileDoes) {
            return tracker.pinsDevice(profileDoes);
        }
    }
}
