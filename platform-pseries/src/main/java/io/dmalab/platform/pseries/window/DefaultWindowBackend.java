package io.dmalab.platform.pseries.window;

import io.dmalab.api.device.Device;
import jakarta.inject.Inject;

/**
 * Backend {@code pseries-default-window}: the kernel was booted with {@code disable_ddw}, so everything goes through the default window.
 */
public final class DefaultWindowBackend extends DmaIommu {
    @Inject
    public DefaultWindowBackend(PciDmaSetup setup, DdwParts parts) {
        super(setup, parts.log());
    }

    @Override
    boolean bypassSupported(Device device, long mask) {
        return false;
    }
}
