package io.dmalab.it.kit;

import io.dmalab.testkit.kit.world.Scene;
import java.util.Map;

/** What the built-in extensions are tested with where their ids alone will not do. */
final class BuiltIns {
    /** A small pSeries partition with a NIC, of whose packets some are held for seconds; the platform of the policies. */
    static final Scene PSERIES = Scene.basic().withPlatform("pseries")
            .withDriver("{ id: mlx, channels: 1, rx: 64, ack-every: 0, firmware-pages: 16 }")
            .withTraffic("{ id: poisson, rate: 500pps, packet-size: 1500B, flows: 8, duration: 600ms }")
            .withHolders("{ id: hold, share: 0.2, time: { uniform: { min: 10ms, max: 3s } }, reason: slow }");

    /** Platforms with the backend. */
    private static final Map<String, String> MACHINES = Map.of("dma-direct", "pci", "pseries-ddw", "{ id: pseries, iommu: pseries-ddw }",
            "pseries-default-window", "{ id: pseries, iommu: pseries-default-window }", "pseries-direct",
            "{ id: pseries, iommu: pseries-direct, max-memory: 1GiB }", "s390", "{ id: s390, iommu: s390 }", "s390-zpci",
            "{ id: s390, iommu: s390-zpci }", "smmu-v3", "arm64-smmu");

    static final Map<String, String> DRIVERS = Map.of("chardev", "{ id: chardev, track-open-files: true, open-for: 5s }", "mlx",
            "{ id: mlx, channels: 2, rx: 64 }", "mlx-legacy", "{ id: mlx-legacy, channels: 2, rx: 64 }", "pool-nic",
            "{ id: pool-nic, hold: 100ms }");

    static final Map<String, String> HOLDERS = Map.of("hold", "{ id: hold, time: 50ms }", "recorded-hold",
            "{ id: recorded-hold, times: '0s 0:1us 50:3ms 100:200ms' }");

    static final Map<String, String> WORKLOADS = Map.of("constant-rate", "{ id: constant-rate, rate: 10kpps }", "on-off",
            "{ id: on-off, rate: 10kpps }", "poisson", "{ id: poisson, rate: 10kpps }", "recorded",
            "{ id: recorded, times: [10us, 20us, 1ms] }");

    private BuiltIns() {}

    static String machine(String backend) {
        return MACHINES.getOrDefault(backend, "{ id: kit-platform, iommu: " + backend + " }");
    }
}
