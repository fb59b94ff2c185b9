package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.net.Workload;
import java.util.Optional;
import java.util.function.Function;

/**
 * A device (struct device of drivers/base/core.c, v6.14, with the parts of struct pci_dev that matter). What the kernel keeps in
 * it is reached through its watched memory; identity and driver (name, alias, node, backend, {@link #bound}) are also for reports
 * and are not. Left out: sysfs, power management, device links, managed resources.
 */
public final class DeviceImpl implements Device {
    /** sizeof(struct pci_dev), about: the allocation comes from kmalloc-4k. */
    private static final int BYTES = 3000;
    private static final long MASK_32 = 0xffff_ffffL;

    final MappingTable mappings = new MappingTable();
    final Mutex mutex;
    /** Number of the name in trace events. */
    final long nameText;
    IommuBackend backend;
    boolean dmaBypass;
    long dmaOffset;
    long dmaMask = MASK_32;
    /** The host bridge refused an access and has stopped the device. */
    boolean frozen;
    /** The hardware is gone (pci_channel_io_perm_failure). */
    boolean disconnected;
    /** bus_add_device() was called and bus_remove_device() was not. */
    boolean added;
    /** It has had a mapping. */
    boolean inLedger;

    private final Kernel kernel;
    private final String name;
    private final String alias;
    private final DeviceNode node;
    private final KernelObject object;
    private final Function<String, Optional<Workload>> workloads;
    private Optional<Workload> workload;
    private DeviceDriver driver;
    private String driverName = "";
    private Object archdata;
    private Object drvdata;
    private int references = 1;
    private long unboundNanos;

    DeviceImpl(Kernel kernel, String name, String alias, DeviceNode node, Function<String, Optional<Workload>> workloads) {
        this.kernel = kernel;
        this.name = name;
        this.alias = alias;
        this.node = node;
        this.workloads = workloads;
        this.object = kernel.memory().kzalloc("device", BYTES);
        this.mutex = kernel.locks().mutex("&dev->mutex");
        this.nameText = kernel.trace().text(name);
    }

    static DeviceImpl of(Device device) {
        if (device instanceof DeviceImpl own) {
            return own;
        }
        throw new IllegalArgumentException("a device comes from Devices.add, not from " + device.getClass().getName());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String alias() {
        return alias;
    }

    @Override
    public DeviceNode node() {
        return node;
    }

    @Override
    public KernelObject object() {
        return object;
    }

    @Override
    public boolean bound() {
        return driver != null;
    }

    @Override
    public String driverName() {
        return driverName;
    }

    /** dev_driver_string(): the driver's name while one is bound, else the bus's. */
    String driverString() {
        return driver != null ? driverName : busName();
    }

    private String busName() {
        return isPci() ? "pci" : "vio";
    }

    /** By the form of the name: PCI addresses have colons, virtual I/O units are plain numbers. */
    boolean isPci() {
        return name.indexOf(':') >= 0;
    }

    DeviceDriver driver() {
        return driver;
    }

    void driver(DeviceDriver value) {
        object.write("driver");
        driver = value;
        if (value != null) {
            driverName = value.name();
        } else {
            unboundNanos = kernel.clock().now();
        }
    }

    /** When the last driver was unbound; 0 if none has been. */
    long unboundNanos() {
        return unboundNanos;
    }

    @Override
    @KernelFunction("get_device")
    public void get() {
        object.write("kobj.kref");
        if (references == 0) {
            saturate("addition on 0; use-after-free.");
            return;
        }
        references++;
    }

    @Override
    @KernelFunction("put_device")
    public void put() {
        object.write("kobj.kref");
        if (references == 0) {
            saturate("underflow; use-after-free.");
            return;
        }
        if (--references == 0) {
            release();
        }
    }

    /** References held now, for tests and reports. */
    public int references() {
        return references;
    }

    @KernelFunction("device_release")
    private void release() {
        kernel.trace().emit(DeviceEvents.DEVICE_RELEASE, nameText);
        kernel.memory().free(object);
    }

    @KernelFunction("refcount_warn_saturate")
    private void saturate(String what) {
        kernel.findings().report(FindingKind.USE_AFTER_FREE, "references of " + name, "refcount_t: " + what);
        kernel.printk().warnOn("refcount_warn_saturate", "refcount_t: " + what);
    }

    @Override
    public IommuBackend backend() {
        return backend;
    }

    @Override
    public void backend(IommuBackend value) {
        object.write("dma_ops");
        backend = value;
    }

    @Override
    public Object archdata() {
        object.read("archdata");
        return archdata;
    }

    @Override
    public void archdata(Object value) {
        object.write("archdata");
        archdata = value;
    }

    @Override
    public Object drvdata() {
        object.read("driver_data");
        return drvdata;
    }

    @Override
    public void drvdata(Object value) {
        object.write("driver_data");
        drvdata = value;
    }

    @Override
    public long dmaMask() {
        object.read("dma_mask");
        return dmaMask;
    }

    @Override
    public void dmaMask(long mask) {
        object.write("dma_mask");
        dmaMask = mask;
    }

    @Override
    public boolean dmaBypass() {
        object.read("dma_ops_bypass");
        return dmaBypass;
    }

    @Override
    public void dmaBypass(boolean bypass) {
        object.write("dma_ops_bypass");
        dmaBypass = bypass;
    }

    @Override
    public long dmaOffset() {
        object.read("archdata.dma_offset");
        return dmaOffset;
    }

    @Override
    public void dmaOffset(long offset) {
        object.write("archdata.dma_offset");
        dmaOffset = offset;
    }

    @Override
    public boolean disconnected() {
        object.read("error_state");
        return disconnected;
    }

    @Override
    public void disconnect() {
        object.write("error_state");
        disconnected = true;
    }

    /** Looked up once, on first use. */
    @Override
    public Optional<Workload> workload() {
        if (workload == null) {
            workload = workloads.apply(alias);
        }
        return workload;
    }

    @Override
    public String toString() {
        return alias.isEmpty() ? name : name + " (" + alias + ")";
    }
}
