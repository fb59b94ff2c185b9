package io.dmalab.core.device;

import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.Property;
import io.dmalab.api.kernel.KernelObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device-tree node (struct device_node, include/linux/of.h, v6.14). Its memory outlives its detaching, as that of a node whose
 * references somebody holds; the reference count itself, phandles and the node's sysfs entries are left out.
 */
public final class Node implements DeviceNode {
    private final KernelObject tree;
    private final String name;
    private final String path;
    private final Node parent;
    private final List<Node> children = new ArrayList<>();
    private final List<Property> properties = new ArrayList<>();
    private boolean attached = true;
    private Object data;

    /**
     * @param tree   the tree's watched memory
     * @param parent null for the root
     */
    Node(KernelObject tree, Node parent, String name, Property... properties) {
        this.tree = tree;
        this.parent = parent;
        this.name = name;
        this.path = parent == null ? "/" : (parent.parent == null ? "" : parent.path) + "/" + name;
        this.properties.addAll(List.of(properties));
    }

    static Node of(DeviceNode node) {
        if (node instanceof Node own) {
            return own;
        }
        throw new IllegalArgumentException("a device-tree node comes from DeviceTree.create, not from " + node.getClass().getName());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Optional<DeviceNode> parent() {
        return Optional.ofNullable(parent);
    }

    @Override
    public List<DeviceNode> children() {
        tree.read("child");
        return List.copyOf(children);
    }

    @Override
    public Optional<Property> property(String wanted) {
        tree.read("properties");
        int index = indexOf(wanted);
        return index < 0 ? Optional.empty() : Optional.of(properties.get(index));
    }

    @Override
    public boolean attached() {
        tree.read("_flags");
        return attached;
    }

    @Override
    public Object data() {
        return data;
    }

    @Override
    public void data(Object value) {
        data = value;
    }

    @Override
    public String toString() {
        return path;
    }

    Node child(String wanted) {
        tree.read("child");
        for (Node child : children) {
            if (child.name.equals(wanted)) {
                return child;
            }
        }
        return null;
    }

    /** __of_attach_node(), under devtree_lock. */
    void link() {
        tree.write("child");
        parent.children.add(this);
        attached = true;
    }

    /** __of_detach_node(), under devtree_lock. */
    void unlink() {
        tree.write("child");
        parent.children.remove(this);
        attached = false;
    }

    /** __of_add_property() or __of_update_property(), under devtree_lock; the property it replaces, or null. */
    Property put(Property property) {
        tree.write("properties");
        int index = indexOf(property.name());
        if (index < 0) {
            properties.add(property);
            return null;
        }
        return properties.set(index, property);
    }

    /** __of_remove_property(), under devtree_lock; what was removed, or null. */
    Property take(String wanted) {
        tree.write("properties");
        int index = indexOf(wanted);
        return index < 0 ? null : properties.remove(index);
    }

    private int indexOf(String wanted) {
        for (int i = 0; i < properties.size(); i++) {
            if (properties.get(i).name().equals(wanted)) {
                return i;
            }
        }
        return -1;
    }
}
