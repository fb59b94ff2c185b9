package io.dmalab.core.device;

import io.dmalab.api.kernel.EventType;

/**
 * Trace events of this package besides those of {@link io.dmalab.api.tracepoint.DmaEvents}: dmalab's own, for the kernel has no trace
 * points at these places, or none in every version.
 */
public final class DeviceEvents {
    static final EventType ALLOC_COHERENT = EventType.synthetic("dmalab:dma_alloc_coherent",
            "%s dma_addr=%x size=%u phys_addr=%x", "device", "dma_addr", "size", "phys_addr");
    static final EventType FREE_COHERENT = EventType.synthetic("dmalab:dma_free_coherent",
            "%s dma_addr=%x size=%u", "device", "dma_addr", "size");
    static final EventType SET_MASK = EventType.synthetic("dmalab:dma_set_mask", "%s mask=%x supported=%d", "device", "mask", "supported");
    static final EventType ACCESS_REFUSED = EventType.synthetic("dmalab:device_access_refused",
            "%s dma_addr=%x size=%u write=%d", "device", "dma_addr", "size", "write");

    /** Around the calls of the reconfiguration chain, which may take minutes. */
    static final EventType OF_RECONFIG = EventType.synthetic("dmalab:of_reconfig", "action=%s node=%s", "action", "node")
            .milestone("notifier chain: {action}");
    static final EventType OF_RECONFIG_DONE = EventType.synthetic("dmalab:of_reconfig_done",
            "action=%s node=%s answer=%s", "action", "node", "answer")
            .milestone("notifier chain: {action} done");
    static final EventType OF_PROPERTY = EventType.synthetic("dmalab:of_property",
            "action=%s node=%s property=%s", "action", "node", "property");

    /** Emitted before the bus chain is called. */
    static final EventType BUS_NOTIFY = EventType.synthetic("dmalab:bus_notify", "%s action=%s", "device", "action")
            .milestone("device {action}");
    static final EventType DEVICE_RELEASE = EventType.synthetic("dmalab:device_release", "%s", "device")
            .milestone("struct device freed");

    private DeviceEvents() {}

    /** For the reader of traces. */
    public static EventType[] all() {
        return new EventType[] {ALLOC_COHERENT, FREE_COHERENT, SET_MASK, ACCESS_REFUSED, OF_RECONFIG, OF_RECONFIG_DONE,
            OF_PROPERTY, BUS_NOTIFY,
            DEVICE_RELEASE};
    }
}
