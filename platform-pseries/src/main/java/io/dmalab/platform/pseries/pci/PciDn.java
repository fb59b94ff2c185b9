package io.dmalab.platform.pseries.pci;

import io.dmalab.api.device.DeviceNode;
import io.dmalab.platform.pseries.hypervisor.Phb;
import io.dmalab.platform.pseries.iommu.IommuTableGroup;
import java.util.ArrayList;
import java.util.List;

/** struct pci_dn (arch/powerpc/include/asm/pci-bridge.h, kernel/pci_dn.c, v6.12): what the kernel hangs on a PCI device-tree node. */
public final class PciDn {
    private final DeviceNode node;
    private final Phb phb;
    private final int busno;
    private final int devfn;
    private final PciDn parent;
    private final List<PciDn> children = new ArrayList<>();
    private IommuTableGroup tableGroup;

    /** Hangs itself on the node and on its parent. @param parent null for a host bridge */
    public PciDn(DeviceNode node, Phb phb, int busno, int devfn, PciDn parent) {
        this.node = node;
        this.phb = phb;
        this.busno = busno;
        this.devfn = devfn;
        this.parent = parent;
        node.data(this);
        if (parent != null) {
            parent.children.add(this);
        }
    }

    /** PCI_DN(); null if the node has none. */
    public static PciDn of(DeviceNode node) {
        return node.data() instanceof PciDn pci ? pci : null;
    }

    public DeviceNode node() {
        return node;
    }

    public Phb phb() {
        return phb;
    }

    public int busno() {
        return busno;
    }

    /** What the window calls name an endpoint by: bus and device function. */
    public int configAddress() {
        return busno << 16 | devfn << 8;
    }

    public List<PciDn> children() {
        return List.copyOf(children);
    }

    /** Never reset: it dangles once the group has been freed, as in the kernel. */
    public IommuTableGroup tableGroup() {
        return tableGroup;
    }

    public void tableGroup(IommuTableGroup group) {
        tableGroup = group;
    }

    /** list_del() from the parent's children. */
    void unlink() {
        if (parent != null) {
            parent.children.remove(this);
        }
    }
}
