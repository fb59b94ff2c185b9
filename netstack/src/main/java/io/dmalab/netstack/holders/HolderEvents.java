package io.dmalab.netstack.holders;

import io.dmalab.api.kernel.EventType;

/** The trace events of buffer holders; the kernel has none at these places. */
final class HolderEvents {
    /** A holder let packets go; {@code cause} says why. */
    static final EventType LET_GO = EventType.synthetic("holder:let_go", "holder=%s packets=%u cause=%s", "holder", "packets", "cause");
    /** A holder had no room for a packet. */
    static final EventType DROP = EventType.synthetic("holder:drop", "holder=%s truesize=%u", "holder", "truesize");
    /** A holder's pages changed from pool owners to plain references. */
    static final EventType TO_REFERENCE = EventType.synthetic("holder:to_reference", "holder=%s pages=%u", "holder", "pages");

    private HolderEvents() {}

    static EventType[] all() {
        return new EventType[] {LET_GO, DROP, TO_REFERENCE};
    }
}
