package io.dmalab.platform.pseries.window;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.tracepoint.IommuEvents;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.iommu.IommuGroup;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableGroup;
import io.dmalab.platform.pseries.iommu.IommuTables;
import io.dmalab.platform.pseries.iommu.TableParameters;
import io.dmalab.platform.pseries.kernel.KernelLog;
import io.dmalab.platform.pseries.pci.PciDn;
import io.dmalab.platform.pseries.tce.TceOps;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * pci_dma_dev_setup_pSeriesLP() and what belongs to it in arch/powerpc/platforms/pseries/iommu.c (v6.12): a new device finds its window,
 * its endpoint's first device makes the table group. Task context.
 */
@MachineScoped
public final class PciDmaSetup {
    private final Kernel kernel;
    private final KernelLog log;
    private final DdwParts parts;
    private final TceOps ops;
    private int groups;

    @Inject
    public PciDmaSetup(Kernel kernel, DdwParts parts) {
        this.kernel = kernel;
        this.log = parts.log();
        this.parts = parts;
        this.ops = parts.ops();
    }

    IommuTables tables() {
        return parts.tables();
    }

    /** pci_dma_find(): the nearest node upwards that carries a window; null if there is none. */
    public DeviceNode find(DeviceNode node) {
        for (DeviceNode at = node; at != null && PciDn.of(at) != null; at = at.parent().orElse(null)) {
            boolean window = at.property(WindowRecord.DIRECT64).isPresent() || at.property(WindowRecord.DMA64).isPresent()
                    || at.property(WindowRecord.DEFAULT).isPresent();
            if (window) {
                return at;
            }
        }
        kernel.printk().warnOn("pci_dma_find", "pci_dma_find: no DMA window above " + node.path());
        return null;
    }

    /** pci_dma_dev_setup_pSeriesLP(). */
    @KernelFunction("pci_dma_dev_setup_pSeriesLP")
    public void setUp(Device device) {
        PciDn own = PciDn.of(device.node());
        DevArchdata archdata = new DevArchdata(device, own == null ? null : own.phb());
        device.archdata(archdata);
        DeviceNode pdn = find(device.node());
        if (pdn == null) {
            kernel.printk().warn("pci_dma_dev_setup_pSeriesLP: no DMA window found for pci dev=" + device.name()
                    + " dn=" + device.node().path());
            return;
        }
        PciDn bridge = PciDn.of(pdn);
        if (bridge.tableGroup() == null) {
            bridge.tableGroup(makeGroup(device, pdn, bridge));
        }
        IommuTableGroup group = bridge.tableGroup();
        if (kernel.profile().ddwQueriedAtAdd() && group.askOffer()) {
            DdwProperties.of(pdn).ifPresent(ddw -> parts.calls().query(device, pdn, own, ddw.query()));
        }
        archdata.tableBase(group.table(0));
        group.group().get();
        traceGroup(IommuEvents.ADD_DEVICE_TO_GROUP, group.group(), device);
        log.info(device, "Adding to iommu group " + group.group().id());
    }

    /** pci_dma_bus_setup_pSeriesLP(): a bridge that is an endpoint has its group and its default table before any device. */
    @KernelFunction("pci_dma_bus_setup_pSeriesLP")
    public void setUpBus(DeviceNode pdn) {
        PciDn bridge = PciDn.of(pdn);
        if (bridge.tableGroup() == null) {
            bridge.tableGroup(makeGroup(null, pdn, bridge));
        }
    }

    private IommuTableGroup makeGroup(Device device, DeviceNode pdn, PciDn bridge) {
        IommuTableGroup group = new IommuTableGroup(kernel);
        WindowRecord window = WindowRecord.defaultOf(pdn).or(() -> WindowRecord.dynamicOf(pdn)).orElseThrow();
        TableParameters parameters = new TableParameters(bridge.busno(), window.liobn(), window.base(), 1L << window.windowShift(),
                window.tceShift(), bridge.phb(), device);
        IommuTable table = parts.tables().create(parameters, ops);
        group.table(0, table);
        table.init(0, 0);
        group.register(groups++);
        return group;
    }

    /** The tables of the endpoint that a device belongs to. */
    public Optional<IommuTableGroup> group(Device device) {
        return Optional.ofNullable(windowBearer(device.node())).map(bearer -> PciDn.of(bearer).tableGroup());
    }

    /** iommu_release_device(): the device leaves its group. */
    void release(Device device) {
        kernel.policy().deviceGone(device);
        DeviceNode pdn = windowBearer(device.node());
        if (pdn == null || PciDn.of(pdn).tableGroup() == null) {
            return;
        }
        IommuGroup group = PciDn.of(pdn).tableGroup().group();
        log.info(device, "Removing from iommu group " + group.id());
        traceGroup(IommuEvents.REMOVE_DEVICE_FROM_GROUP, group, device);
        group.put();
    }

    private void traceGroup(EventType type, IommuGroup group, Device device) {
        kernel.trace().emit(type, group.id(), kernel.trace().text(device.name()));
    }

    /** The endpoint's node: windows may have gone and come meanwhile, the table group stays where it was made. */
    private static DeviceNode windowBearer(DeviceNode node) {
        for (DeviceNode at = node; at != null && PciDn.of(at) != null; at = at.parent().orElse(null)) {
            if (PciDn.of(at).tableGroup() != null) {
                return at;
            }
        }
        return null;
    }
}
