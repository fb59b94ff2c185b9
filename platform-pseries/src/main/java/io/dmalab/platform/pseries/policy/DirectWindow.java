package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import jakarta.inject.Inject;
import java.util.Optional;

/** Policy {@code direct-window} (free-policies.md P15a): all memory is mapped once, and no mapping reaches a table. */
public final class DirectWindow implements FreePolicy {
    static final String SUMMARY = "all memory is mapped once when the window is made, and no map or unmap reaches a table";
    static final String DESCRIPTION = """
            Mechanism  The platform's devices get the backend pseries-direct: firmware's window covers all memory, its entries are made
                       when the window is, and a DMA address is the physical one and an offset. A late unmap is arithmetic. unpaired: the
                       window stays a dynamic one, and only the unmaps of a device that is gone fall to the direct path.
            Origin     Stated in the seed's patch: with direct mapping the problem is not seen. Unpaired paths: Yonglong Liu's v6.9
                       "works" because its unmaps fell to dma-direct. Facts: free-policies.md P15a, ddw.md 4.
            Cost       A window as large as memory, filled at probe and cleared at removal; memory that is added later is added to it. The
                       data path is faster. The device reaches all memory until the window goes.
            Fails by   Hiding the bug: pages still come home after the device, and where the window is not large enough the bug is back.
                       Unpaired paths: entries that nobody clears, a table that is in use for ever, and a wait for it that comes to its
                       cap.
            """;

    /** Options. */
    public record Options(
            @Option(value = "off", doc = "maps in the table, but unmaps by arithmetic once the device is gone") boolean unpaired) {}

    private final Options options;

    @Inject
    public DirectWindow(Options options) {
        this.options = options;
    }

    @Override
    public Optional<String> iommuBackend() {
        return options.unpaired() ? Optional.empty() : Optional.of("pseries-direct");
    }

    @Override
    public void deviceGone(Device device) {
        if (options.unpaired()) {
            device.dmaBypass(true);
        }
    }
}
