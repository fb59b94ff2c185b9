package io.dmalab.platform.pseries;

import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.DeviceTree;
import io.dmalab.api.device.Property;
import io.dmalab.platform.pseries.dlpar.DlparNodes;
import io.dmalab.platform.pseries.hypervisor.Phb;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.hypervisor.DdwRules;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.pci.PciDn;
import io.dmalab.platform.pseries.window.DdwProperties;
import io.dmalab.platform.pseries.window.PartitionMemoryMap;
import io.dmalab.platform.pseries.window.WindowRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The device tree as firmware hands it over, as far as DMA windows and dynamic reconfiguration read it (LoPAR 2.9; facts: ddw.md 1). */
public final class PseriesTree {
    private static final int LMB_BYTES = 256 << 20;

    private final DeviceTree tree;
    private final DdwRules rules;

    public PseriesTree(DeviceTree tree, DdwRules rules) {
        this.tree = tree;
        this.rules = rules;
    }

    /** The nodes that belong to no slot. */
    public void boot(long maxMemory, boolean pmemory) {
        tree.create(tree.root(), "rtas",
                new Property(PartitionMemoryMap.LRDR_CAPACITY, (int) (maxMemory >>> 32), (int) maxMemory, 0, LMB_BYTES, 0));
        if (pmemory) {
            DeviceNode parent = tree.create(tree.root(), "ibm,persistent-memory");
            tree.create(parent, PartitionMemoryMap.PMEMORY + "@44104001");
        }
    }

    /** A host bridge that has no window of its own: its slots do. */
    DeviceNode plainBridge(Phb phb) {
        DeviceNode node = tree.find("/" + bridgeName(phb)).orElseGet(() -> tree.create(tree.root(), bridgeName(phb)));
        if (PciDn.of(node) == null) {
            new PciDn(node, phb, 0, 0, null);
        }
        return node;
    }

    /** A host bridge that is an endpoint. @param drcIndex its connector */
    public DeviceNode bridge(Phb phb, int drcIndex) {
        DeviceNode node = tree.create(tree.root(), bridgeName(phb), endpoint(phb, Optional.of(drcIndex)));
        new PciDn(node, phb, 0, 0, null);
        return node;
    }

    /** A host bridge that is an endpoint and stays while its functions come and go; made once. */
    DeviceNode stayingBridge(Phb phb) {
        Optional<DeviceNode> there = tree.find("/" + bridgeName(phb));
        if (there.isPresent()) {
            return there.get();
        }
        DeviceNode node = tree.create(tree.root(), bridgeName(phb), endpoint(phb, Optional.empty()));
        new PciDn(node, phb, 0, 0, null);
        return node;
    }

    /** A slot below a bridge, an endpoint of its own. */
    DeviceNode slot(DeviceNode bridge, Phb phb, int drcIndex) {
        DeviceNode node = tree.create(bridge, "pci@2", endpoint(phb, Optional.of(drcIndex)));
        new PciDn(node, phb, 0, 2 << 3, PciDn.of(bridge));
        return node;
    }

    /** Function 0 of the device on bus 1. */
    DeviceNode function(DeviceNode above, Phb phb, int drcIndex) {
        DeviceNode node = tree.create(above, "ethernet@0", new Property(DlparNodes.MY_DRC_INDEX, drcIndex));
        new PciDn(node, phb, 1, 0, PciDn.of(above));
        return node;
    }

    /** A function on a bridge's own bus, as QEMU has them. @param devfn slot and function */
    public DeviceNode function(DeviceNode bridge, Phb phb, int drcIndex, int devfn) {
        String name = "pci-function@" + Integer.toHexString(devfn >>> 3);
        DeviceNode node = tree.create(bridge, name, new Property(DlparNodes.MY_DRC_INDEX, drcIndex));
        new PciDn(node, phb, 0, devfn, PciDn.of(bridge));
        return node;
    }

    private static String bridgeName(Phb phb) {
        return "pci@" + Long.toHexString(phb.config().buid());
    }

    private Property[] endpoint(Phb phb, Optional<Integer> drcIndex) {
        PhbConfig config = phb.config();
        List<Property> properties = new ArrayList<>();
        drcIndex.ifPresent(index -> properties.add(new Property(DlparNodes.MY_DRC_INDEX, index)));
        properties.add(new Property("ibm,#dma-address-cells", 2));
        properties.add(new Property("ibm,#dma-size-cells", 2));
        properties.add(new Property(WindowRecord.DEFAULT, config.liobns().getFirst().intValue(), high(config.defaultBase()),
                (int) config.defaultBase(), high(config.defaultBytes()), (int) config.defaultBytes()));
        if (config.ddwOffered()) {
            properties.add(new Property(DdwProperties.APPLICABLE, RtasCall.QUERY_PE_DMA_WINDOW.token(),
                    RtasCall.CREATE_PE_DMA_WINDOW.token(), RtasCall.REMOVE_PE_DMA_WINDOW.token()));
            properties.add(new Property(DdwProperties.EXTENSIONS, extensions()));
        }
        return properties.toArray(Property[]::new);
    }

    /** As many values as firmware has extensions, from the first on; a gap is 0. */
    private int[] extensions() {
        int reset = rules.resetOffered() ? RtasCall.RESET_PE_DMA_WINDOW.token() : 0;
        int six = rules.sixOutputQuery() ? 1 : 0;
        return rules.limitedAddressMode() ? new int[] {3, reset, six, 1} : new int[] {2, reset, six};
    }

    private static int high(long value) {
        return (int) (value >>> 32);
    }
}
