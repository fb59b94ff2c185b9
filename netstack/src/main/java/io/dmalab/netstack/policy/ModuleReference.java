package io.dmalab.netstack.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import jakarta.inject.Inject;

/** Policy {@code module-reference} (free-policies.md P7d): a negative control. Pools hold the module of the driver that made them. */
public final class ModuleReference implements FreePolicy {
    static final String SUMMARY = "a negative control: a page_pool holds the module of its driver, which only rmmod asks for";
    static final String DESCRIPTION = """
            Mechanism  A pool takes a reference on its driver's module when it is created and drops it when it is freed. rmmod is refused until the
                       last page is home.
            Origin     What dma-buf exporters do; Jason Gunthorpe, 23 Jan 2026 <20260123163132.GA1641016@ziepe.ca>: it does not stop an unbind
                       through sysfs, so exporters must wait in remove, or revoke. Facts: free-policies.md P7d.
            Cost       A reference for each pool. A driver with an open interface cannot be removed: its pools are in use all the time.
            Fails by   As legacy: neither DLPAR, nor a slot's power button, nor an unbind through sysfs asks for the module.""";

    private final Kernel kernel;

    @Inject
    public ModuleReference(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        Runnable release = kernel.devices().holdModule(device);
        return new PoolGuard() {
            @Override
            public void freed() {
                release.run();
            }
        };
    }
}
