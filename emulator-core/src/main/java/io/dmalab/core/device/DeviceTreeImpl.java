package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.DeviceTree;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.PropertyChanged;
import io.dmalab.api.device.HotplugEvent.PropertyChanged.Change;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.device.NotifierChain;
import io.dmalab.api.device.Property;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.kernel.SpinLock;
import java.util.Locale;
import java.util.Optional;

/**
 * The device tree at run time (drivers/of/dynamic.c and base.c, v6.14): the tree changes under of_mutex and, briefly,
 * devtree_lock; the reconfiguration chain is called after of_mutex has been dropped, so that a notifier sees the change done and
 * cannot veto it. Left out: changesets, sysfs and procfs, phandles, node reference counts; readers take no devtree_lock, since a
 * look-up is one step here.
 */
public final class DeviceTreeImpl implements DeviceTree {
    private final Kernel kernel;
    private final KernelObject memory;
    private final Mutex ofMutex;
    private final SpinLock devtreeLock;
    private final NotifierChain reconfig;
    private final Node root;

    public DeviceTreeImpl(Kernel kernel) {
        this.kernel = kernel;
        this.memory = kernel.memory().global("of_root");
        this.ofMutex = kernel.locks().mutex("of_mutex");
        this.devtreeLock = kernel.locks().spin("devtree_lock");
        this.reconfig = new BlockingNotifierChain(kernel, "of_reconfig_chain");
        this.root = new Node(memory, null, "");
    }

    @Override
    public DeviceNode root() {
        return root;
    }

    /** of_find_node_by_path(): attached nodes only; the path is absolute. */
    @Override
    public Optional<DeviceNode> find(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a device-tree path begins with '/', unlike '" + path + "'");
        }
        Node at = root;
        for (String step : path.split("/")) {
            if (!step.isEmpty()) {
                at = at.child(step);
                if (at == null) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(at);
    }

    /** @throws IllegalArgumentException if the parent has a child of that name */
    @Override
    public DeviceNode create(DeviceNode parent, String name, Property... properties) {
        Node above = Node.of(parent);
        if (above.child(name) != null) {
            throw new IllegalArgumentException(above + " has a child '" + name + "' already");
        }
        Node node = new Node(memory, above, name, properties);
        devtreeLock.lock();
        node.link();
        devtreeLock.unlock();
        return node;
    }

    @Override
    @KernelFunction("of_attach_node")
    public void attach(DeviceNode node) {
        Node np = Node.of(node);
        if (np.attached()) {
            throw new IllegalArgumentException(np + " is attached");
        }
        lock();
        np.link();
        unlock();
        reconfigNotify("ATTACH_NODE", np, new HotplugEvent.NodeAttached(np));
    }

    /**
     * A second detach is warned about and, unlike in the kernel, sends no second notification: its handlers would free twice.
     */
    @Override
    @KernelFunction("of_detach_node")
    public void detach(DeviceNode node) {
        Node np = Node.of(node);
        if (!np.attached() || np == root) {
            kernel.printk().warnOn("__of_detach_node", "");
            return;
        }
        lock();
        np.unlink();
        unlock();
        reconfigNotify("DETACH_NODE", np, new HotplugEvent.NodeDetached(np));
    }

    @Override
    @KernelFunction("of_add_property")
    public void addProperty(DeviceNode node, Property property) {
        Node np = Node.of(node);
        lock();
        Property old = np.put(property);
        unlock();
        propertyNotify(np, old == null ? Change.ADD : Change.UPDATE, property);
    }

    @Override
    @KernelFunction("of_remove_property")
    public boolean removeProperty(DeviceNode node, String name) {
        Node np = Node.of(node);
        lock();
        Property removed = np.take(name);
        unlock();
        if (removed == null) {
            return false;
        }
        propertyNotify(np, Change.REMOVE, removed);
        return true;
    }

    @Override
    public NotifierChain reconfig() {
        return reconfig;
    }

    private void lock() {
        if (!Boot.isBooting(kernel.sched())) {
            ofMutex.lock();
        }
        devtreeLock.lock();
    }

    private void unlock() {
        devtreeLock.unlock();
        if (!Boot.isBooting(kernel.sched())) {
            ofMutex.unlock();
        }
    }

    /** Only attached nodes are worth a notification: the windows of a detached one die with it, unannounced. */
    @KernelFunction("of_property_notify")
    private void propertyNotify(Node np, Change change, Property property) {
        String action = change.name() + "_PROPERTY";
        kernel.trace().emit(DeviceEvents.OF_PROPERTY, text(action), text(np.path()), text(property.name()));
        if (np.attached()) {
            reconfigNotify(action, np, new PropertyChanged(np, change, property));
        }
    }

    @KernelFunction("of_reconfig_notify")
    private void reconfigNotify(String action, Node np, HotplugEvent event) {
        kernel.trace().emit(DeviceEvents.OF_RECONFIG, text(action), text(np.path()));
        Answer answer = reconfig.call(event);
        kernel.trace().emit(DeviceEvents.OF_RECONFIG_DONE, text(action), text(np.path()), text(answer.name().toLowerCase(Locale.ROOT)));
    }

    private long text(String text) {
        return kernel.trace().text(text);
    }
}
