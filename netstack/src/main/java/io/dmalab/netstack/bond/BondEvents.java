package io.dmalab.netstack.bond;

import io.dmalab.api.kernel.EventType;

/** The trace events of bonding; the kernel has none. */
final class BondEvents {
    static final EventType ACTIVE_CHANGED = EventType.synthetic("bond:active_changed", "bond=%s old=%s new=%s", "bond", "old", "new");

    private BondEvents() {}
}
