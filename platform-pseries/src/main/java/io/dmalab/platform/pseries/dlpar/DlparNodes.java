package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/**
 * The kernel's two doors to the device tree: {@code dt remove} of /sys/kernel/dlpar, and /proc/ppc64/ofdt before 6.12
 * (arch/powerpc/platforms/pseries/dlpar.c, reconfig.c; facts: dlpar-and-notifiers.md 5). Task context. Deviation: a changeset unlinks all
 * nodes before the first notification; here each node is unlinked and announced in turn.
 */
@MachineScoped
public final class DlparNodes {
    public static final String MY_DRC_INDEX = "ibm,my-drc-index";

    private final Kernel kernel;
    private final Mutex deviceHotplugLock;
    private final boolean dtDoor;

    @Inject
    public DlparNodes(Kernel kernel) {
        this.kernel = kernel;
        this.deviceHotplugLock = kernel.locks().mutex("device_hotplug_lock");
        this.dtDoor = kernel.profile().dlparTakesDt();
    }

    /** Detaches the nodes of a connector, children first. An index that no node has is no error. @return 0 or a negative errno */
    public int remove(int drcIndex) {
        return dtDoor ? dlparStore(drcIndex) : ofdtWrite(drcIndex);
    }

    /** {@code dt remove index 0x...} into /sys/kernel/dlpar. */
    @KernelFunction("dlpar_store")
    private int dlparStore(int drcIndex) {
        deviceHotplugLock.lock();
        int rc = dtRemove(drcIndex);
        deviceHotplugLock.unlock();
        return rc;
    }

    @KernelFunction("dlpar_hp_dt")
    private int dtRemove(int drcIndex) {
        for (DeviceNode node : childrenFirst(drcIndex)) {
            kernel.deviceTree().detach(node);
        }
        return 0;
    }

    /** {@code remove_node PATH} into /proc/ppc64/ofdt; drmgr walks the subtree itself. */
    private int ofdtWrite(int drcIndex) {
        for (DeviceNode node : childrenFirst(drcIndex)) {
            int rc = removeNode(node);
            if (rc != 0) {
                return rc;
            }
        }
        return 0;
    }

    @KernelFunction("ofdt_write")
    private int removeNode(DeviceNode node) {
        if (!node.children().isEmpty()) {
            return -RpaDlpar.EBUSY;
        }
        if (!node.attached()) {
            return -RpaDlpar.ENODEV;
        }
        kernel.deviceTree().detach(node);
        return 0;
    }

    private List<DeviceNode> childrenFirst(int drcIndex) {
        List<DeviceNode> found = new ArrayList<>();
        collect(kernel.deviceTree().root(), drcIndex, false, found);
        return found;
    }

    private static void collect(DeviceNode node, int drcIndex, boolean inside, List<DeviceNode> into) {
        boolean wanted = inside || node.property(MY_DRC_INDEX).filter(p -> p.cell(0) == drcIndex).isPresent();
        for (DeviceNode child : node.children()) {
            collect(child, drcIndex, wanted, into);
        }
        if (wanted) {
            into.add(node);
        }
    }
}
