package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.platform.pseries.hypervisor.Connector;

/**
 * A place where a device hangs, as drmgr sees it.
 *
 * @param index      0 for the machine's first
 * @param type       kind of the connector that is removed: {@code PHB}, {@code SLOT} or {@code PCI}
 * @param drcIndex   its index
 * @param drcName    its name
 * @param childIndex index of the hot-plug function's connector; the same as {@code drcIndex} for {@code PCI}
 * @param buid       unit id of the bridge
 * @param node       node of the connector
 * @param function   node of the device
 * @param device     the device itself, null while none is in it
 */
public record Slot(int index, Connector.Type type, int drcIndex, String drcName, int childIndex, long buid, DeviceNode node,
        DeviceNode function, Device device) {

    /** The same place with a device in it. */
    public Slot with(Device newDevice) {
        return new Slot(index, type, drcIndex, drcName, childIndex, buid, node, function, newDevice);
    }
}
