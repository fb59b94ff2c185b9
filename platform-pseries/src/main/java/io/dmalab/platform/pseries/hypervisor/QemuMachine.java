package io.dmalab.platform.pseries.hypervisor;

import io.dmalab.platform.pseries.hypervisor.Connector.Type;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode.Property;
import java.util.ArrayList;
import java.util.List;

/**
 * The connectors of QEMU's pseries machine and the fragments that it describes their devices with, after hw/ppc/spapr.c and
 * spapr_pci.c (QEMU 7.2); names and lengths only, and of PCI functions only those without a bridge.
 */
public final class QemuMachine {
    private static final int PHBS_MAX = 31;
    private static final long LMB_BYTES = 256L << 20;
    private static final long DEVICE_MEMORY_ALIGN = 1L << 30;
    private static final int CELL = 4;
    private static final int PCI_REG_BYTES = 20;
    private static final int LOC_CODE_REST = "qemu_:0000:00:00.0".length() + 1;
    private static final int PCI_TYPE_BYTES = "28".length() + 1;
    private static final int SLOTS_PER_BUS = 256;

    private QemuMachine() {
    }

    /** Connectors of host bridges and of memory blocks above {@code ramBytes}; processors' ones are added as needed. */
    public static void addConnectors(Hypervisor hypervisor, HypervisorProfile profile, long ramBytes, long hotplugBytes) {
        DrcConnectors connectors = hypervisor.connectors();
        for (int phb = 0; phb < PHBS_MAX; phb++) {
            connectors.add(Type.PHB.index(phb), Type.PHB, PhbConfig.of(profile, phb).buid());
        }
        long base = (ramBytes + DEVICE_MEMORY_ALIGN - 1) / DEVICE_MEMORY_ALIGN * DEVICE_MEMORY_ALIGN;
        for (long at = base; at < base + hotplugBytes; at += LMB_BYTES) {
            connectors.add(Type.LMB.index((int) (at / LMB_BYTES)), Type.LMB, 0);
        }
    }

    /** A host bridge and the connectors of its bus; nothing happens if it is there. */
    public static void addBridge(Hypervisor hypervisor, PhbConfig config) {
        if (hypervisor.phb(config.buid()) == null) {
            hypervisor.addPhb(config);
            hypervisor.connectors().addPciBus(config.index(), config.buid());
        }
    }

    /** A host bridge's node with what is plugged in below it now. */
    public static ConnectorNode phbNode(DrcConnectors connectors, PhbConfig phb) {
        List<Property> properties = new ArrayList<>();
        add(properties, CELL, "name");
        add(properties, CELL + SLOTS_PER_BUS * PCI_TYPE_BYTES, "ibm,drc-types");
        add(properties, CELL + drcNameBytes(phb.index()), "ibm,drc-names");
        add(properties, CELL + SLOTS_PER_BUS * CELL, "ibm,drc-power-domains", "ibm,drc-indexes");
        add(properties, CELL, "#size-cells", "#address-cells", "qemu,phb-enumerated", "ibm,my-drc-index");
        add(properties, 5 * CELL, "ibm,dma-window");
        add(properties, CELL, "ibm,#dma-size-cells", "ibm,#dma-address-cells");
        add(properties, 3584, "interrupt-map");
        add(properties, 4 * CELL, "interrupt-map-mask");
        if (phb.ddwOffered()) {
            add(properties, 3 * CELL, "ibm,ddw-extensions", "ibm,ddw-applicable");
        }
        add(properties, CELL, "ibm,pe-total-#msi", "ibm,pci-config-space-type");
        add(properties, 4 * CELL, "reg");
        add(properties, 3 * 7 * CELL, "ranges");
        add(properties, 2 * CELL, "bus-range");
        add(properties, 0, "used-by-rtas");
        add(properties, CELL, "#interrupt-cells");
        add(properties, "IBM,Logical_PHB".length() + 1, "compatible");
        add(properties, "pci".length() + 1, "device_type");
        return new ConnectorNode("pci@" + Long.toHexString(phb.buid()), properties, connectors.childNodes(phb.buid()));
    }

    /**
     * A function of which only the place is known: what every function has, what depends on it left open. Ranges are one entry of
     * {@code reg} each beside the first; the location code ends in the model's name.
     */
    public static ConnectorNode anyPciNode(int devfn) {
        List<Property> properties = new ArrayList<>();
        maybe(properties, CELL, "max-latency", "min-grant", "ibm,pci-config-space-type");
        properties.add(new Property("reg", PCI_REG_BYTES, PCI_REG_BYTES, false));
        maybe(properties, CELL, "ibm,req#msi-x", "ibm,req#msi");
        add(properties, CELL, "ibm,my-drc-index");
        properties.add(new Property("ibm,loc-code", LOC_CODE_REST, 1, false));
        maybe(properties, 0, "udf-supported", "66mhz-capable", "fast-back-to-back");
        add(properties, CELL, "devsel-speed", "cache-line-size");
        maybe(properties, CELL, "subsystem-vendor-id", "subsystem-id", "interrupts");
        add(properties, CELL, "class-code", "revision-id", "device-id", "vendor-id");
        String function = (devfn & 7) == 0 ? "" : "," + (devfn & 7);
        return new ConnectorNode("*@" + Integer.toHexString(devfn >>> 3) + function, properties, List.of());
    }

    private static void maybe(List<Property> properties, int length, String... names) {
        for (String name : names) {
            properties.add(new Property(name, length, 0, true));
        }
    }

    /** A memory block's node; its unit address comes from the whole connector index, type bits included. */
    public static ConnectorNode memoryNode(int drcIndex) {
        List<Property> properties = new ArrayList<>();
        add(properties, 2 * CELL, "ibm,associativity");
        add(properties, 4 * CELL, "reg");
        add(properties, "memory".length() + 1, "device_type");
        return new ConnectorNode("memory@" + Long.toHexString(Integer.toUnsignedLong(drcIndex) * LMB_BYTES), properties, List.of());
    }

    private static int drcNameBytes(int phbIndex) {
        int bytes = 0;
        for (int devfn = 0; devfn < SLOTS_PER_BUS; devfn++) {
            bytes += "C".length() + Integer.toString(phbIndex << 16 | devfn).length() + 1;
        }
        return bytes;
    }

    private static void add(List<Property> properties, int length, String... names) {
        for (String name : names) {
            properties.add(new Property(name, length));
        }
    }
}
