package io.dmalab.api.device;

import java.util.Optional;

/** The flattened device tree at run time (drivers/of/dynamic.c, base.c) and its reconfiguration chain. Changes: task context. */
public interface DeviceTree {
    DeviceNode root();

    Optional<DeviceNode> find(String path);

    /** Adds a node at boot; no notification. */
    DeviceNode create(DeviceNode parent, String name, Property... properties);

    /** of_attach_node for a node made by {@link #create} and detached since: ATTACH notification. */
    void attach(DeviceNode node);

    /** of_detach_node: unlinks under of_mutex, then calls the chain with the mutex dropped. A notifier cannot veto. */
    void detach(DeviceNode node);

    /** of_add_property / of_update_property: the chain is called after the change, and only for attached nodes (drivers/of/base.c). */
    void addProperty(DeviceNode node, Property property);

    /** of_remove_property; false if there is none of that name. */
    boolean removeProperty(DeviceNode node, String name);

    /** The OF reconfiguration chain. */
    NotifierChain reconfig();
}
