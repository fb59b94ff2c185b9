package io.dmalab.testkit.kit.world;

import io.dmalab.api.kernel.EventType;

/** Trace events of the kit's machine. */
final class KitEvents {
    static final EventType WINDOW_REMOVED = EventType.synthetic("kit:window_removed", "device=%s entries=%u", "device", "entries");
    static final EventType TABLE_RELEASED = EventType.synthetic("kit:table_released", "device=%s used=%u kept=%u",
            "device", "used", "kept");

    /** The stack gets a page, which it will have for so long. */
    static final EventType RECEIVED = EventType.synthetic("kit:received", "hold=%u", "hold");

    private KitEvents() {}
}
