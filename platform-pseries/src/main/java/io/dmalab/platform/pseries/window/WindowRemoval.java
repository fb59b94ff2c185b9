package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Property;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.kernel.PseriesEvents;
import io.dmalab.platform.pseries.hvcall.Rtas;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.pci.PciDn;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Optional;

/** The removal helpers of arch/powerpc/platforms/pseries/iommu.c (v6.12; facts: ddw.md 5). Task context. */
@MachineScoped
public final class WindowRemoval {
    private final Kernel kernel;
    private final Firmware firmware;
    private final Rtas rtas;
    private final WindowTces tces;
    private final Counter dropped;

    @Inject
    public WindowRemoval(Kernel kernel, Firmware firmware, Rtas rtas, WindowTces tces) {
        this.kernel = kernel;
        this.firmware = firmware;
        this.rtas = rtas;
        this.tces = tces;
        this.dropped = kernel.metrics().counter(Metrics.DROPPED_TCES);
    }

    /**
     * remove_dma_window_named().
     *
     * @param deleteProperty also remove the record from the tree, which calls the reconfiguration chain: not from within it
     * @param cleanup        clear the window's entries first
     * @return 0, or -EINVAL if there is no such property
     */
    @KernelFunction("remove_dma_window_named")
    public int removeNamed(DeviceNode node, boolean deleteProperty, String name, boolean cleanup) {
        Optional<Property> property = node.property(name);
        if (property.isEmpty()) {
            return -DdwProperties.EINVAL;
        }
        Optional<DdwProperties> ddw = DdwProperties.of(node);
        if (ddw.isEmpty()) {
            return 0;
        }
        if (property.get().length() >= WindowRecord.BYTES) {
            remove(node, ddw.get(), WindowRecord.of(property.get()), cleanup, name.equals(WindowRecord.DIRECT64));
        }
        if (deleteProperty) {
            kernel.deviceTree().removeProperty(node, name);
        }
        return 0;
    }

    /**
     * remove_dma_window(): clears if asked, then removes, even if clearing failed.
     *
     * @param direct RAM is mapped in it, so that its valid entries are no mappings
     */
    @KernelFunction("remove_dma_window")
    void remove(DeviceNode node, DdwProperties ddw, WindowRecord window, boolean cleanup, boolean direct) {
        countDropped(window.liobn(), direct);
        if (cleanup) {
            clean(node, window);
        }
        removeByNumber(node, ddw, window.liobn());
    }

    /**
     * remove_dma_window() of a default window that is given up. The kernel reads the five cells of ibm,dma-window as if they were a record
     * of six: the low word of the size becomes the page shift, what lies behind the property the window's, and no entry is left to clear.
     * One call with a count of 0 comes of it, as recorded.
     */
    @KernelFunction("remove_dma_window")
    void removeDefault(DeviceNode node, DdwProperties ddw, WindowRecord window) {
        countDropped(window.liobn(), false);
        if (tces.clearNothing(window.liobn(), window.base()) != Hcall.H_SUCCESS) {
            kernel.printk().warn(node.path() + " failed to clear tces in window.");
        }
        removeByNumber(node, ddw, window.liobn());
    }

    /** clean_dma_window(). */
    @KernelFunction("clean_dma_window")
    void clean(DeviceNode node, WindowRecord window) {
        checkOwner(node, window);
        if (tces.clear(window, 0, 1L << window.windowShift()) != Hcall.H_SUCCESS) {
            kernel.printk().warn(node.path() + " failed to clear tces in window.");
        }
    }

    /** __remove_dma_window(): nobody looks at whether it worked. */
    @KernelFunction("__remove_dma_window")
    void removeByNumber(DeviceNode node, DdwProperties ddw, long liobn) {
        int status = rtas.call(DdwProperties.call(ddw.remove()), (int) liobn);
        kernel.trace().emit(PseriesEvents.WINDOW, liobn, kernel.trace().text(status == 0 ? "removed" : "not removed"), 0, 0, 0);
        if (status != 0) {
            kernel.printk().warn(String.format(Locale.ROOT,
                    "%s: failed to remove DMA window: rtas returned %d to ibm,remove-pe-dma-window(%x) %x",
                    node.path(), status, ddw.remove(), liobn));
        }
    }

    private void countDropped(long liobn, boolean direct) {
        TceTable window = firmware.hypervisor().window(liobn);
        if (window != null && !direct) {
            dropped.add(window.liveEntries());
        }
    }

    /** Firmware took the window before, and the number is somebody else's by now: clearing by number clears that one's entries. */
    private void checkOwner(DeviceNode node, WindowRecord record) {
        TceTable window = firmware.hypervisor().window(record.liobn());
        PciDn pci = PciDn.of(node);
        if (window != null && pci != null && window.owner() != pci.phb() && window.liveEntries() > 0) {
            kernel.findings().report(FindingKind.FOREIGN_ENTRY_CLEARED, "LIOBN 0x" + Long.toHexString(record.liobn()),
                    "the removal of " + node.path() + " clears the window with " + window.liveEntries()
                            + " live entries of the bridge that has its LIOBN now");
        }
    }
}
