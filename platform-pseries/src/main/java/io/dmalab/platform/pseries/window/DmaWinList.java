package io.dmalab.platform.pseries.window;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.kernel.SpinLock;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/**
 * dma_win_list, failed_ddw_pdn_list and their locks (arch/powerpc/platforms/pseries/iommu.c, v6.12). Nodes are known by identity, and the
 * failed list is never cleaned.
 */
@MachineScoped
public final class DmaWinList {
    private final List<DmaWindow> windows = new ArrayList<>();
    private final List<DeviceNode> failed = new ArrayList<>();
    private final KernelObject object;
    private final SpinLock lock;
    private final Mutex initMutex;

    @Inject
    public DmaWinList(Kernel kernel) {
        object = kernel.memory().global("dma_win_list");
        lock = kernel.locks().spin("dma_win_list_lock");
        initMutex = kernel.locks().mutex("dma_win_init_mutex");
    }

    /** dma_win_list_lock. */
    public SpinLock lock() {
        return lock;
    }

    /** dma_win_init_mutex: held during enable_ddw. */
    public Mutex initMutex() {
        return initMutex;
    }

    /** Takes the lock itself. */
    void add(DmaWindow window) {
        lock.lock();
        object.write("list");
        windows.add(window);
        lock.unlock();
    }

    /** The node's entry, or null. Takes the lock itself. */
    public DmaWindow find(DeviceNode node) {
        lock.lock();
        DmaWindow found = null;
        object.read("list");
        for (DmaWindow window : windows) {
            if (window.node() == node) {
                found = window;
                break;
            }
        }
        lock.unlock();
        return found;
    }

    /** Drops the node's entry, if any. Takes the lock itself. */
    void remove(DeviceNode node) {
        lock.lock();
        object.write("list");
        windows.removeIf(window -> window.node() == node);
        lock.unlock();
    }

    /** All entries, in order of addition; the caller holds the lock if others may change the list. */
    public List<DmaWindow> all() {
        object.read("list");
        return List.copyOf(windows);
    }

    /** The caller holds the init mutex, as for {@link #hasFailed}. */
    void fail(DeviceNode node) {
        object.write("failed");
        failed.add(node);
    }

    /** enable_ddw has failed for this node before. */
    public boolean hasFailed(DeviceNode node) {
        object.read("failed");
        return failed.contains(node);
    }
}
