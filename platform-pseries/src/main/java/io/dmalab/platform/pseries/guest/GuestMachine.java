package io.dmalab.platform.pseries.guest;

import io.dmalab.api.Components;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.DeviceTree;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.platform.pseries.PseriesTree;
import io.dmalab.platform.pseries.dlpar.DlparNodes;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hvcall.FirmwareFeatures;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import io.dmalab.platform.pseries.hypervisor.PartitionMemory;
import io.dmalab.platform.pseries.hypervisor.Phb;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.hypervisor.QemuMachine;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTables;
import io.dmalab.platform.pseries.iommu.TableParameters;
import io.dmalab.platform.pseries.pci.PciDn;
import io.dmalab.platform.pseries.recording.RecordedCall;
import io.dmalab.platform.pseries.recording.RecordedMachine;
import io.dmalab.platform.pseries.tce.TceOps;
import io.dmalab.platform.pseries.window.DmaWinList;
import io.dmalab.platform.pseries.window.PciDmaSetup;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The guest of a recorded machine as it is now: which bridges are set up, their devices, and the tables these use. Task context. */
@MachineScoped
public final class GuestMachine {
    private static final int PCI_CONNECTOR = 0x4000_0000;
    private static final int PHB_CONNECTOR = 0x2000_0000;
    private static final long MASK_64 = -1L;

    private final Kernel kernel;
    private final Components components;
    private final Firmware firmware;
    private final IommuTables tables;
    private final TceOps ops;
    private final PciDmaSetup setup;
    private final DlparNodes nodes;
    private final DmaWinList windows;
    private final Map<Long, Bridge> bridges = new LinkedHashMap<>();
    private final Map<Long, IommuTable> vio = new LinkedHashMap<>();
    private RecordedMachine recorded;
    private Recording recording;
    private IommuBackend backend;
    private PseriesTree tree;

    /** A bridge that is set up, its node and its devices by function number. */
    record Bridge(PhbConfig config, DeviceNode node, Map<Integer, Device> functions) {}

    /** A table and the device whose mappings go there; none of a virtual I/O device. */
    record User(IommuTable table, Device device) {}

    @Inject
    GuestMachine(Kernel kernel, Components components, Firmware firmware, IommuTables tables, TceOps ops, PciDmaSetup setup,
            DlparNodes nodes, DmaWinList windows) {
        this.kernel = kernel;
        this.components = components;
        this.firmware = firmware;
        this.tables = tables;
        this.ops = ops;
        this.setup = setup;
        this.nodes = nodes;
        this.windows = windows;
    }

    /** Firmware as the recording's header says, and the tree that it hands over. */
    public void boot(RecordingOptions options, DeviceTree deviceTree) {
        Path file = Path.of(options.recording());
        long growth = MemoryGrowth.of(file);
        recording = Recording.open(file);
        recorded = recording.machine();
        Hypervisor hypervisor = new Hypervisor(recorded.profile(), PartitionMemory.unlimited());
        firmware.boot(hypervisor, FirmwareFeatures.USUAL);
        QemuMachine.addConnectors(hypervisor, recorded.profile(), recorded.ram(), growth);
        recorded.bridges().forEach(bridge -> QemuMachine.addBridge(hypervisor, bridge));
        for (int drc : recorded.connectors()) {
            if (hypervisor.connectors().find(drc) != null) {
                hypervisor.connectors().attachCold(drc, recorded.device(drc, hypervisor.connectors()));
            }
        }
        recorded.vio().forEach(window -> hypervisor.addVioWindow(window.liobn(), window.start(), window.bytes(), window.pageShift()));
        tree = new PseriesTree(deviceTree, recorded.profile().ddw());
        tree.boot(growth, false);
        backend = components.create(IommuBackend.class, "pseries-ddw");
    }

    Recording recording() {
        return recording;
    }

    IommuBackend backend() {
        return backend;
    }

    RecordedMachine recorded() {
        return recorded;
    }

    // set-up

    /** The bridge that has this number's window as its default one and is not set up yet. */
    Optional<PhbConfig> bridgeToSetUp(long liobn) {
        return recorded.bridges().stream().filter(c -> c.liobns().getFirst() == liobn && !bridges.containsKey(c.buid())
                && firmware.hypervisor().phb(c.buid()) != null).findFirst();
    }

    Optional<RecordedMachine.VioWindow> vioToSetUp(long liobn) {
        return recorded.vio().stream().filter(window -> window.liobn() == liobn && !vio.containsKey(liobn)).findFirst();
    }

    /** What the kernel does when it finds a bridge: its table, then its devices. */
    void setUp(PhbConfig config) {
        Phb phb = firmware.hypervisor().phb(config.buid());
        DeviceNode node = tree.bridge(phb, PHB_CONNECTOR | config.index());
        Bridge bridge = new Bridge(config, node, new LinkedHashMap<>());
        bridges.put(config.buid(), bridge);
        setup.setUpBus(node);
        recorded.functions(config).forEach(devfn -> add(bridge, devfn));
    }

    /** A device is found. */
    private Device add(Bridge bridge, int devfn) {
        int drc = PCI_CONNECTOR | bridge.config().index() << 16 | devfn;
        DeviceNode node = tree.function(bridge.node(), PciDn.of(bridge.node()).phb(), drc, devfn);
        String name = String.format(Locale.ROOT, "%04x:00:%02x.%d", bridge.config().index(), devfn >>> 3, devfn & 7);
        Device device = kernel.devices().add(name, name, node);
        device.backend(backend);
        backend.attach(device);
        bridge.functions().put(devfn, device);
        return device;
    }

    /** A function's driver lets go and the function goes; nothing happens if there is none in the connector. */
    void removeFunction(int drc) {
        for (Bridge bridge : bridges.values()) {
            Device device = bridge.config().index() == (drc >>> 16 & 0xfff) ? bridge.functions().remove(drc & 0xff) : null;
            if (device != null) {
                kernel.devices().remove(device);
                nodes.remove(drc);
            }
        }
    }

    /** A function is found on a bridge that is there. */
    void addFunction(int drc) {
        bridges.values().stream().filter(bridge -> bridge.config().index() == (drc >>> 16 & 0xfff)).findFirst()
                .filter(bridge -> !bridge.functions().containsKey(drc & 0xff)).ifPresent(bridge -> add(bridge, drc & 0xff));
    }

    /** The nodes of the bridge behind a window go. @return whether there is such a bridge */
    boolean detachBridge(long liobn) {
        Optional<Bridge> found = bridges.values().stream().filter(bridge -> bridge.config().liobns().contains(liobn)).findFirst();
        found.ifPresent(bridge -> {
            int functions = PCI_CONNECTOR | bridge.config().index() << 16;
            List.copyOf(bridge.functions().keySet()).forEach(devfn -> removeFunction(functions | devfn));
            bridges.remove(bridge.config().buid());
            nodes.remove(PHB_CONNECTOR | bridge.config().index());
        });
        return found.isPresent();
    }

    /** vio_build_iommu_table() of arch/powerpc/platforms/pseries/vio.c (v6.12): a virtual I/O device has a table of its own. */
    void setUp(RecordedMachine.VioWindow window) {
        TableParameters parameters = new TableParameters(0, window.liobn(), window.start(), window.bytes(), window.pageShift(), null, null);
        IommuTable table = tables.create(parameters, ops);
        vio.put(window.liobn(), table);
        table.init(0, 0);
    }

    /** The driver of the device that a window call names asks for 64 bits. @return whether there is such a device */
    boolean widenMask(long configAddress, long buid) {
        Bridge bridge = bridges.get(buid);
        Device device = bridge == null ? null : bridge.functions().get((int) (configAddress >>> 8 & 0xff));
        if (device == null) {
            return false;
        }
        if (backend.dmaSupported(device, MASK_64)) {
            device.dmaMask(MASK_64);
        }
        return true;
    }

    // what is there

    /** Who maps through a LIOBN: the newest table first. Several if a dynamic window took over the number of a default one in use. */
    List<User> users(long liobn) {
        IommuTable virtual = vio.get(liobn);
        if (virtual != null) {
            return List.of(new User(virtual, null));
        }
        List<User> users = new ArrayList<>();
        for (Bridge bridge : bridges.values()) {
            for (Device device : bridge.functions().values()) {
                IommuTable table = device.archdata() instanceof DevArchdata data ? data.tableBase() : null;
                if (table != null && table.index() == liobn && users.stream().noneMatch(user -> user.table() == table)) {
                    users.add(new User(table, device));
                }
            }
        }
        return users;
    }

    /** The directly mapped window of this number, if that is what it is. */
    Optional<TceTable> directWindow(long liobn) {
        return windows.all().stream().anyMatch(window -> window.direct() && window.record().liobn() == liobn)
                ? Optional.ofNullable(firmware.hypervisor().window(liobn)) : Optional.empty();
    }

    /** A window of this number was created for a bridge that is set up, and has not become its default one. */
    boolean hasCreated(long liobn) {
        return bridges.values().stream().anyMatch(bridge -> bridge.config().liobns().indexOf(liobn) > 0)
                && windows.all().stream().anyMatch(window -> window.record().liobn() == liobn);
    }

    /** Makes a recorded call as it is, past the guest. */
    void carryOut(RecordedCall line) {
        Hypervisor hypervisor = firmware.hypervisor();
        switch (line.operation()) {
            case "H_PUT_TCE" -> hypervisor.tce().hPutTce(line.arg(0), line.arg(1), line.arg(2));
            case "H_PUT_TCE_INDIRECT" -> hypervisor.tce().hPutTceIndirect(line.arg(0), line.arg(1), 0, line::entry, line.arg(3));
            case "H_STUFF_TCE" -> hypervisor.tce().hStuffTce(line.arg(0), line.arg(1), line.arg(2), line.arg(3));
            case "RTAS" -> rtas(hypervisor, line);
            default -> { }
        }
    }

    private static void rtas(Hypervisor hypervisor, RecordedCall line) {
        int[] args = new int[line.argCount()];
        for (int i = 0; i < args.length; i++) {
            args[i] = (int) line.arg(i);
        }
        RtasCall call = RtasCall.ofToken((int) line.token());
        if (call != null && call != RtasCall.CONFIGURE_CONNECTOR) {
            hypervisor.rtas(call, args, new int[line.outputs()]);
        }
    }

    Optional<Bridge> bridge(long buid) {
        return Optional.ofNullable(bridges.get(buid));
    }

    /** Base address of a window, 0 if there is none. */
    long base(long liobn) {
        TceTable window = firmware.hypervisor().window(liobn);
        return window == null ? 0 : window.base();
    }
}
