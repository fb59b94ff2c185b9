package io.dmalab.platform.pseries.hvcall;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import jakarta.inject.Inject;
import java.util.Objects;

/** What is below the kernel, and what the kernel found out about it at boot (platforms/pseries/firmware.c, setup.c, v6.12). */
@MachineScoped
public final class Firmware {
    private final KernelObject entries;
    private Hypervisor hypervisor;
    private FirmwareFeatures features;
    private CallTap tap;

    @Inject
    public Firmware(Kernel kernel) {
        this.entries = kernel.memory().global("hypervisor");
        entries.state(this::tell);
    }

    /** Which windows answer, and how many entries each has: those are alike. */
    private void tell(StateSource.State into) {
        for (long liobn : hypervisor().tce().liobns()) {
            into.value(liobn);
            into.value(hypervisor().window(liobn).liveEntries());
        }
    }

    /** Once, at the start of boot. */
    public void boot(Hypervisor newHypervisor, FirmwareFeatures newFeatures) {
        hypervisor = Objects.requireNonNull(newHypervisor, "hypervisor");
        features = newFeatures;
    }

    public Hypervisor hypervisor() {
        return Objects.requireNonNull(hypervisor, "the platform has not booted yet");
    }

    /** The entries of all windows, which every CPU reaches by hypercalls and the remover's RTAS calls take away: field {@code tce}. */
    KernelObject entries() {
        return entries;
    }

    public FirmwareFeatures features() {
        return features;
    }

    /** Who sees every call, null for nobody. */
    public CallTap tap() {
        return tap;
    }

    /** From now on {@code newTap} sees every call; null ends that. */
    public void tap(CallTap newTap) {
        tap = newTap;
    }
}
