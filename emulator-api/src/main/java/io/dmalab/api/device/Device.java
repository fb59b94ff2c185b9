package io.dmalab.api.device;

import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.net.Workload;
import java.util.Optional;

/** A device of the machine (struct device with the parts of struct pci_dev that matter here). */
public interface Device {
    /** Bus name, e.g. {@code 0018:01:00.0}. */
    String name();

    /** Name the scenario gives it, e.g. {@code eth4}; also its interface name if it is a NIC. */
    String alias();

    /** Its device-tree node. */
    DeviceNode node();

    /** The watched memory of struct device; freed when the last reference goes. */
    KernelObject object();

    /** A driver is bound: the only time in which the DMA API may be called for it. */
    boolean bound();

    /** Name of the bound (or last bound) driver, empty before the first bind. */
    String driverName();

    /** get_device(). */
    void get();

    /** put_device(). */
    void put();

    /** The IOMMU side of this device; set by the platform before the driver is bound. */
    IommuBackend backend();

    void backend(IommuBackend backend);

    /** archdata: whatever the backend keeps for this device. */
    Object archdata();

    void archdata(Object value);

    /** drvdata: whatever the driver keeps for this device. */
    Object drvdata();

    void drvdata(Object value);

    /** The DMA mask set by the driver; 32 bits at first. */
    long dmaMask();

    void dmaMask(long mask);

    /** dma_ops_bypass: streaming mappings do not reach the IOMMU backend's allocator, address = physical + {@link #dmaOffset}. */
    boolean dmaBypass();

    void dmaBypass(boolean bypass);

    long dmaOffset();

    void dmaOffset(long offset);

    /** pci_dev_is_disconnected(): the hardware is gone; it does no DMA and answers nothing. */
    boolean disconnected();

    /** pci_dev_set_disconnected(). Only a platform calls it. */
    void disconnect();

    /** Traffic that arrives at this device, if it is a NIC. */
    Optional<Workload> workload();
}
