package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Devices;
import io.dmalab.api.device.HotplugEvent.DeviceChanged;
import io.dmalab.api.device.HotplugEvent.DeviceChanged.Phase;
import io.dmalab.api.device.NotifierChain;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.net.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The driver core (drivers/base/core.c, dd.c, bus.c; drivers/pci/remove.c, v6.14). Probe and remove run under the device's mutex,
 * bring-up too. Left out: matching, deferred and asynchronous probing, sysfs, runtime power management, managed resources, of modules all
 * but their users, and DMA ops that depend on the driver: arch_teardown_dma_ops is empty on powerpc, so an unbound device keeps its IOMMU
 * ops, which is why a late unmap still reaches them.
 */
public final class DriverCore implements Devices {
    private final Kernel kernel;
    private final DriverFactory drivers;
    private final Function<String, Optional<Workload>> workloads;
    private final Mutex rescanRemoveLock;
    private final NotifierChain busChain;
    private final NotifierChain netdevChain;
    private final NotifierChain memoryChain;
    private final List<DeviceImpl> devices = new ArrayList<>();
    /** References to the drivers' modules. */
    private final Map<String, Integer> moduleUsers = new TreeMap<>();

    /** @param workloads the traffic of the device with a given alias, asked at most once per device */
    public DriverCore(Kernel kernel, DriverFactory drivers, Function<String, Optional<Workload>> workloads) {
        this.kernel = kernel;
        this.drivers = drivers;
        this.workloads = workloads;
        this.rescanRemoveLock = kernel.locks().mutex("pci_rescan_remove_lock");
        this.busChain = new BlockingNotifierChain(kernel, "&sp->bus_notifier");
        this.netdevChain = new RawNotifierChain(kernel, "netdev_chain");
        this.memoryChain = new BlockingNotifierChain(kernel, "memory_chain");
    }

    /**
     * Also sends the ADDED notice, at which the platform has not set the backend yet.
     *
     * @throws IllegalArgumentException if a device of that alias is there already
     */
    @Override
    @KernelFunction("device_add")
    public Device add(String name, String alias, DeviceNode node) {
        if (byAlias(alias).isPresent()) {
            throw new IllegalArgumentException("there is a device '" + alias + "' already");
        }
        DeviceImpl dev = new DeviceImpl(kernel, name, alias, node, workloads);
        dev.added = true;
        devices.add(dev);
        busNotify(dev, Phase.ADDED);
        return dev;
    }

    @Override
    public List<Device> all() {
        return List.copyOf(devices);
    }

    @Override
    public Optional<Device> byAlias(String alias) {
        for (DeviceImpl dev : devices) {
            if (dev.alias().equals(alias)) {
                return Optional.of(dev);
            }
        }
        return Optional.empty();
    }

    /** A device that has a driver or is deleted is left alone. A driver that refuses in probe leaves the device without one. */
    @Override
    @KernelFunction("device_attach")
    public void bind(Device device) {
        DeviceImpl dev = DeviceImpl.of(device);
        dev.mutex.lock();
        if (dev.added && !dev.bound() && reallyProbe(dev)) {
            bringUp(dev);
        }
        dev.mutex.unlock();
    }

    @Override
    @KernelFunction("device_release_driver")
    public void unbind(Device device) {
        releaseDriverInternal(DeviceImpl.of(device));
    }

    /** The caller holds {@link #rescanRemoveLock}. A device that is deleted already is left alone. */
    @Override
    @KernelFunction("pci_stop_and_remove_bus_device")
    public void remove(Device device) {
        DeviceImpl dev = DeviceImpl.of(device);
        if (!dev.added) {
            return;
        }
        stop(dev);
        destroy(dev);
    }

    @Override
    public Runnable holdModule(Device device) {
        DeviceImpl dev = DeviceImpl.of(device);
        if (!dev.bound()) {
            return () -> { };
        }
        String driver = dev.driverName();
        moduleUsers.merge(driver, 1, Integer::sum);
        return () -> moduleUsers.merge(driver, -1, Integer::sum);
    }

    @Override
    @KernelFunction("driver_unregister")
    public boolean removeModule(String driver) {
        if (moduleUsers.getOrDefault(driver, 0) > 0) {
            return false;
        }
        List.copyOf(devices).stream().filter(dev -> dev.bound() && dev.driverName().equals(driver)).forEach(this::releaseDriverInternal);
        return true;
    }

    @Override
    @KernelFunction("uevent_show")
    public boolean showUevent(Device device) {
        DeviceImpl dev = DeviceImpl.of(device);
        if (!dev.added) {
            return false;
        }
        dev.mutex.lock();
        boolean there = dev.added;
        dev.mutex.unlock();
        return there;
    }

    @Override
    public Mutex rescanRemoveLock() {
        return rescanRemoveLock;
    }

    @Override
    public NotifierChain busChain() {
        return busChain;
    }

    @Override
    public NotifierChain netdevChain() {
        return netdevChain;
    }

    @Override
    public NotifierChain memoryChain() {
        return memoryChain;
    }

    // binding

    @KernelFunction("really_probe")
    private boolean reallyProbe(DeviceImpl dev) {
        DeviceDriver driver = drivers.driver(dev);
        dev.driver(driver);
        if (dev.backend != null) {
            dev.backend.configure(dev);
        }
        try {
            probe(dev, driver);
        } catch (RuntimeException refusal) {
            failed(dev, "probe", refusal);
            unbindCleanup(dev);
            return false;
        }
        busNotify(dev, Phase.BOUND);
        return true;
    }

    /** call_driver_probe(): by way of the bus. */
    private static void probe(DeviceImpl dev, DeviceDriver driver) {
        if (dev.isPci()) {
            pciDeviceProbe(dev, driver);
        } else {
            vioBusProbe(dev, driver);
        }
    }

    @KernelFunction("pci_device_probe")
    private static void pciDeviceProbe(DeviceImpl dev, DeviceDriver driver) {
        driver.probe(dev);
    }

    @KernelFunction("vio_bus_probe")
    private static void vioBusProbe(DeviceImpl dev, DeviceDriver driver) {
        driver.probe(dev);
    }

    private void bringUp(DeviceImpl dev) {
        try {
            dev.driver().up(dev);
        } catch (RuntimeException refusal) {
            failed(dev, "bring-up", refusal);
        }
    }

    private void failed(DeviceImpl dev, String what, RuntimeException refusal) {
        String why = refusal.getMessage() == null ? refusal.getClass().getSimpleName() : refusal.getMessage();
        kernel.printk().err(dev.driverString() + " " + dev.name() + ": " + what + " failed: " + why);
        kernel.findings().report(FindingKind.BUG, dev.name(), what + " with driver " + dev.driverName() + " failed: " + why);
    }

    // unbinding

    @KernelFunction("device_release_driver_internal")
    private void releaseDriverInternal(DeviceImpl dev) {
        dev.mutex.lock();
        if (dev.bound()) {
            releaseDriver(dev);
        }
        dev.mutex.unlock();
    }

    /** __device_release_driver(), inlined in the kernel. */
    private void releaseDriver(DeviceImpl dev) {
        busNotify(dev, Phase.UNBIND);
        if (dev.isPci()) {
            pciDeviceRemove(dev);
        } else {
            vioBusRemove(dev);
        }
        unbindCleanup(dev);
        busNotify(dev, Phase.UNBOUND);
    }

    @KernelFunction("pci_device_remove")
    private static void pciDeviceRemove(DeviceImpl dev) {
        dev.driver().remove(dev);
    }

    @KernelFunction("vio_bus_remove")
    private static void vioBusRemove(DeviceImpl dev) {
        dev.driver().remove(dev);
    }

    /** device_unbind_cleanup(): managed resources would go first; then what the DMA API needs, then the pointers. */
    private static void unbindCleanup(DeviceImpl dev) {
        if (dev.backend != null) {
            dev.backend.unbindCleanup(dev);
        }
        dev.driver(null);
        dev.drvdata(null);
    }

    // removal

    @KernelFunction("pci_stop_bus_device")
    private void stop(DeviceImpl dev) {
        unbind(dev);
    }

    /** pci_destroy_dev(), inlined in the kernel. */
    private void destroy(DeviceImpl dev) {
        deviceDel(dev);
        dev.put();
    }

    @KernelFunction("device_del")
    private void deviceDel(DeviceImpl dev) {
        busNotify(dev, Phase.DELETE);
        devices.remove(dev);
        dev.added = false;
        busNotify(dev, Phase.REMOVED);
    }

    @KernelFunction("bus_notify")
    private void busNotify(DeviceImpl dev, Phase phase) {
        kernel.trace().emit(DeviceEvents.BUS_NOTIFY, dev.nameText, kernel.trace().text(phase.name()));
        busChain.call(new DeviceChanged(phase, dev));
    }
}
