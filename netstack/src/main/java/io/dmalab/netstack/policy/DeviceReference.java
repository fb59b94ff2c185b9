package io.dmalab.netstack.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import jakarta.inject.Inject;

/** Policy {@code device-reference} (free-policies.md P7a): a negative control. Pools hold their device, as they did until 2025. */
public final class DeviceReference implements FreePolicy {
    static final String SUMMARY = "a negative control: a page_pool that maps holds a reference on its struct device";
    static final String DESCRIPTION = """
            Mechanism  A pool that maps takes a reference on its struct device when it is created and drops it when it is freed. The memory
                       of the struct outlives the removal, and so does the table pointer in it. Driver binding, group, table and window do
                       not.
            Origin     In the kernel until the fix of 2025 (commit ee62ce7a1d90) removed it, so on a kernel before 6.16 this is what legacy
                       does anyway. Facts: page-pool.md 1, free-policies.md P7a.
            Cost       A reference for each pool.
            Fails by   As legacy: what the late unmap needs is the table, not the device. On pSeries the stale table pointer is what leads
                       it into freed memory. Without the reference it would not even get there: struct device itself is touched after its
                       end.""";

    @Inject
    public DeviceReference() {}

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new PoolGuard() {
            @Override
            public boolean pinsDevice(boolean profileDoes) {
                return true;
            }
        };
    }
}
