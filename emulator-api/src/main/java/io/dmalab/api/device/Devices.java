package io.dmalab.api.device;

import io.dmalab.api.kernel.Mutex;
import java.util.List;
import java.util.Optional;

/** The driver core (drivers/base/dd.c, core.c) and the part of PCI removal that is common to all platforms. Task context. */
public interface Devices {
    /** Creates and adds a device; its driver is bound later. {@code alias} as in the scenario. */
    Device add(String name, String alias, DeviceNode node);

    /** Every device that is added and not deleted, in order of addition. */
    List<Device> all();

    Optional<Device> byAlias(String alias);

    /** Binds the scenario's driver for this device: probe, then up. */
    void bind(Device device);

    /**
     * device_release_driver: UNBIND notice, driver remove, devres, DMA ops torn down, driver pointer cleared, UNBOUND notice (where the DMA
     * debugging code looks for leaked mappings). No-op if no driver is bound.
     */
    void unbind(Device device);

    /** pci_stop_and_remove_bus_device: {@link #unbind}, then device_del with its DELETE and REMOVED notices, then the last put. */
    void remove(Device device);

    /**
     * try_module_get() on the module of the device's driver: {@link #removeModule} is refused as long as somebody holds it. Without a
     * driver there is nothing to hold. Any context.
     *
     * @return gives it back (module_put); to be run once
     */
    Runnable holdModule(Device device);

    /**
     * delete_module(): unbinds every device of the driver, in order of addition.
     *
     * @param driver name of the driver, which is that of its module
     * @return false if somebody holds the module; nothing is done then
     */
    boolean removeModule(String driver);

    /**
     * A read of the device's uevent attribute in sysfs: takes the device's lock, so it waits for a driver that is being bound or unbound.
     * False if the device is deleted, also while the reader waited.
     */
    boolean showUevent(Device device);

    /** The global PCI rescan/remove lock. */
    Mutex rescanRemoveLock();

    /** Chain of {@link HotplugEvent.DeviceChanged}. */
    NotifierChain busChain();

    /** Chain of {@link HotplugEvent.NetdevChanged}. */
    NotifierChain netdevChain();

    /** Chain of {@link HotplugEvent.MemoryChanged}. */
    NotifierChain memoryChain();
}
