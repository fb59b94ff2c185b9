package io.dmalab.driver.mlx;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import jakarta.inject.Inject;

/** Policy {@code driver-owned-mapping} (free-policies.md P15c): the driver maps its receive pages itself, as mlx5 did up to v6.2. */
public final class DriverOwnedMapping implements FreePolicy {
    static final String SUMMARY = "the driver maps its receive pages itself and unmaps a page when it lets go of it";
    static final String DESCRIPTION = """
            Mechanism  The driver mlx does not leave the mapping to the page_pool but does what the driver mlx-legacy always does: it maps a
                       page that it takes, keeps pages it has done with in a private cache of 256, mapped, for as long as the stack may
                       still hold them, and unmaps one that finds the cache full. The stack has ordinary references to plain memory. Closing
                       a queue unmaps the cache; whatever the stack holds has no mapping any more.
            Origin     mlx5 up to v6.2 and the GVE driver; Mina Almasry named the latter as not affected. Facts: free-policies.md P15c,
                       mlx-driver.md 9.
            Cost       A map and an unmap for every page that cannot be reused at once (map-cost each, on the path that receives). A page at
                       the head of the cache that the stack holds keeps those behind it from being used.
            Fails by   Nothing late. Each driver has to do it by itself, what page_pool was to spare; a driver that forgets a page leaks it.
                       Only drivers that ask: mlx does, no other driver here maps receive pages.""";

    /** @param mapCost modelled time of one map or unmap */
    public record Options(
            @Option(value = "300ns", doc = "time that one map or unmap takes; by default a pSeries hypercall's; assumed") Span mapCost) {
        public Options {
            if (mapCost.compareTo(Span.ofMillis(1)) > 0) {
                throw new IllegalArgumentException("map-cost " + mapCost + " is out of range; use at most 1ms");
            }
        }
    }

    @Inject
    public DriverOwnedMapping(Kernel kernel, Options options) {
        Metrics metrics = kernel.metrics();
        Counter maps = metrics.counter(LegacyPages.MAPS);
        Counter unmaps = metrics.counter(LegacyPages.UNMAPS);
        metrics.atEnd(() -> metrics.counter(Metrics.HOT_PATH_NS).add((maps.value() + unmaps.value()) * options.mapCost().nanos()));
    }

    @Override
    public boolean driverMaps(Device device) {
        return true;
    }
}
