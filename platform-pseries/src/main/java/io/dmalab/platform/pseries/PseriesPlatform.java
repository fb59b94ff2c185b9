package io.dmalab.platform.pseries;

import io.dmalab.api.Components;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Platform;
import io.dmalab.api.device.SlotTaken;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.PseriesOptions.DrcType;
import io.dmalab.platform.pseries.dlpar.Drmgr;
import io.dmalab.platform.pseries.dlpar.Slot;
import io.dmalab.platform.pseries.dlpar.Slots;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hypervisor.Connector;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import io.dmalab.platform.pseries.hypervisor.HypervisorProfile;
import io.dmalab.platform.pseries.hypervisor.Phb;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.iommu.FailIommu;
import io.dmalab.platform.pseries.iommu.IommuTables;
import io.dmalab.platform.pseries.window.DmaIommu;
import jakarta.inject.Inject;
import java.util.HexFormat;
import java.util.List;

/**
 * An IBM POWER partition: hypervisor, device tree, PCI host bridges, and drmgr to take devices away (arch/powerpc/platforms/pseries,
 * v6.12).
 */
final class PseriesPlatform implements Platform {
    private final Kernel kernel;
    private final PseriesOptions options;
    private final Components components;
    private final Firmware firmware;
    private final IommuTables tables;
    private final FailIommu fail;
    private final PseriesNotifiers notifiers;
    private final Drmgr drmgr;
    private final Slots slots;
    private IommuBackend backend;
    private PseriesTree tree;

    @Inject
    PseriesPlatform(Kernel kernel, PseriesOptions options, Components components, Firmware firmware, IommuTables tables, FailIommu fail,
            PseriesNotifiers notifiers, Drmgr drmgr, Slots slots) {
        this.kernel = kernel;
        this.options = options;
        this.components = components;
        this.firmware = firmware;
        this.tables = tables;
        this.fail = fail;
        this.notifiers = notifiers;
        this.drmgr = drmgr;
        this.slots = slots;
    }

    @Override
    public void boot() {
        if (!options.multiTce()) {
            kernel.printk().info("Disabling MULTITCE firmware feature");
        }
        long maxMemory = Math.max(options.maxMemory().bytes(), kernel.pages().ramBytes());
        backend = components.create(IommuBackend.class, kernel.policy().iommuBackend().orElse(options.iommu()));
        boolean guarded = kernel.policy().firmwareGuardsSlot();
        HypervisorProfile profile = PseriesFirmware.profile(options, guarded,
                offered -> backend instanceof DmaIommu own ? own.offer(offered, maxMemory) : offered);
        firmware.boot(PseriesFirmware.hypervisor(options, profile, maxMemory), PseriesFirmware.features(options));
        tables.allocator(options.allocator());
        fail.configure(options.failIommu(), -1);
        drmgr.configure(options.toolStep().nanos(), options.earlyIsolation() || guarded, options.release());
        tree = new PseriesTree(kernel.deviceTree(), profile.ddw());
        tree.boot(maxMemory, options.pmemory());
        notifiers.register();
    }

    /** A slot that has been in use is filled by another drmgr, which waits for its turn. */
    @Override
    public Device plug(String alias, int index) {
        boolean used = slots.in(index).isPresent() || slots.former(index).isPresent();
        return used ? drmgr.underLock(() -> fill(alias, index)) : fill(alias, index);
    }

    private Device fill(String alias, int index) {
        slots.in(index).ifPresent(slot -> {
            throw new SlotTaken("slot " + slot.drcName() + " has not been given back");
        });
        Phb phb = bridge(index);
        Slot place = switch (options.drcType()) {
            case PHB -> phbSlot(index, phb);
            case SLOT -> pciSlot(index, phb);
            case PCI -> hotplugSlot(index, phb);
        };
        String name = HexFormat.of().toHexDigits((short) PseriesFirmware.domain(index)) + ":01:00.0";
        Device device = kernel.devices().add(name, alias, place.function());
        device.backend(backend);
        backend.attach(device);
        slots.add(place.with(device));
        if (slots.former(index).isPresent() && options.drcType() != DrcType.PCI) {
            kernel.printk().info("rpadlpar_io: slot " + place.drcName() + " added");
        }
        return device;
    }

    private Phb bridge(int index) {
        Hypervisor hypervisor = firmware.hypervisor();
        PhbConfig config = PseriesFirmware.bridge(options, hypervisor.profile(), index);
        Phb there = hypervisor.phb(config.buid());
        return there != null ? there : hypervisor.addPhb(config);
    }

    private Slot phbSlot(int index, Phb phb) {
        int domain = PseriesFirmware.domain(index);
        int drc = connect(Connector.Type.PHB, domain, phb);
        DeviceNode node = tree.bridge(phb, drc);
        int child = connect(Connector.Type.PCI, domain << 16, phb);
        DeviceNode function = tree.function(node, phb, child);
        return new Slot(index, Connector.Type.PHB, drc, "PHB " + domain, child, phb.config().buid(), node, function, null);
    }

    private Slot pciSlot(int index, Phb phb) {
        int domain = PseriesFirmware.domain(index);
        int drc = connect(Connector.Type.SLOT, domain, phb);
        DeviceNode node = tree.slot(tree.plainBridge(phb), phb, drc);
        int child = connect(Connector.Type.PCI, domain << 16, phb);
        DeviceNode function = tree.function(node, phb, child);
        return new Slot(index, Connector.Type.SLOT, drc, location(index), child, phb.config().buid(), node, function, null);
    }

    private Slot hotplugSlot(int index, Phb phb) {
        DeviceNode bridge = tree.stayingBridge(phb);
        int drc = connect(Connector.Type.PCI, PseriesFirmware.domain(index) << 16, phb);
        DeviceNode function = tree.function(bridge, phb, drc);
        return new Slot(index, Connector.Type.PCI, drc, location(index), drc, phb.config().buid(), function, function, null);
    }

    private static String location(int index) {
        return "U78D5.ND1.CSS130B-P1-C" + (index + 1);
    }

    /** A connector with a device on it that the partition has taken into use. */
    private int connect(Connector.Type type, int id, Phb phb) {
        int index = type.index(id);
        firmware.hypervisor().connectors().add(index, type, phb.config().buid());
        firmware.hypervisor().connectors().attachCold(index, () -> new ConnectorNode(type.name(), List.of(), List.of()));
        return index;
    }

    @Override
    public Outcome remove(Device device) {
        return drmgr.remove(device);
    }

    @Override
    public List<String> audit() {
        return tables.audit();
    }

    @Override
    public String removalTool(Device device) {
        return "drmgr";
    }
}
