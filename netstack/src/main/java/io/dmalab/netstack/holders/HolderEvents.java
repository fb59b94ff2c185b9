package io.dmalab.netstack.holders;

import io.dmalab.api.kernel.EventType;

/** The trace events of buffer holders. Those of subsystem {@code holder} are dmalab's own, the others have the kernel's layout. */
final class HolderEvents {
    /** A holder let packets go; {@code cause} says why. */
    static final EventType LET_GO = EventType.of("holder:let_go", "holder=%s packets=%u cause=%s", "holder", "packets", "cause");
    /** A holder had no room for a packet. */
    static final EventType DROP = EventType.of("holder:drop", "holder=%s truesize=%u", "holder", "truesize");
    /** A holder's pages changed from pool owners to plain references. */
    static final EventType TO_REFERENCE = EventType.of("holder:to_reference", "holder=%s pages=%u", "holder", "pages");

    static final EventType RCVQUEUE_FULL =
            EventType.of("sock:sock_rcvqueue_full", "rmem_alloc=%d truesize=%u sk_rcvbuf=%d", "rmem_alloc", "truesize", "sk_rcvbuf");
    static final EventType PROCESS_EXIT = EventType.of("sched:sched_process_exit", "comm=%s pid=%d prio=%d", "comm", "pid", "prio");
    static final EventType XMIT_TIMEOUT = EventType.of("net:net_dev_xmit_timeout", "dev=%s driver=%s queue=%d", "dev", "driver", "queue");

    private HolderEvents() {}
}
