package io.dmalab.api.device;

import java.util.List;
import java.util.Optional;

/** A device-tree node (struct device_node). */
public interface DeviceNode {
    /** Name with unit address, e.g. {@code pci@800000020000018}. */
    String name();

    /** Full path, what {@code %pOF} prints. */
    String path();

    Optional<DeviceNode> parent();

    /** In order of creation. */
    List<DeviceNode> children();

    Optional<Property> property(String name);

    /** False once of_detach_node has unlinked it; its properties stay readable. */
    boolean attached();

    /** Data that the platform hangs on the node (PCI_DN); null if none. */
    Object data();

    void data(Object value);
}
