package io.dmalab.api.tracepoint;

import io.dmalab.api.kernel.EventType;
import java.util.List;

/**
 * Trace points of the network stack that the model emits (include/trace/events/napi.h, net.h, skb.h, sock.h, v6.4 to v6.16). Packets of the
 * model have no headers and its code has no addresses: it emits {@code protocol} 0 and {@link #NO_LOCATION}.
 */
public final class NetEvents {
    public static final EventType NAPI_POLL = EventType.of("napi:napi_poll",
            "napi poll on napi struct %p for device %s work %d budget %d", "napi", "dev_name", "work", "budget");
    public static final EventType RECEIVE_SKB = EventType.of("net:netif_receive_skb",
            "dev=%s skbaddr=%p len=%u", "name", "skbaddr", "len");
    public static final EventType DEV_XMIT = EventType.of("net:net_dev_xmit",
            "dev=%s skbaddr=%p len=%u rc=%d", "name", "skbaddr", "len", "rc");
    public static final EventType XMIT_TIMEOUT = EventType.of("net:net_dev_xmit_timeout",
            "dev=%s driver=%s queue=%d", "dev", "driver", "queue");
    /** A packet is freed after use. */
    public static final EventType CONSUME_SKB = EventType.of("skb:consume_skb", "skbaddr=%p location=%s", "skbaddr", "location")
            .before("6.4", "skbaddr=%p", "skbaddr");
    /** A packet is dropped. */
    public static final EventType KFREE_SKB = EventType.of("skb:kfree_skb", "skbaddr=%p rx_sk=%p protocol=%u location=%s reason: %s",
            "skbaddr", "rx_sk", "protocol", "location", "reason")
            .before("6.11", "skbaddr=%p protocol=%u location=%s reason: %s", "skbaddr", "protocol", "location", "reason");
    public static final EventType RCVQUEUE_FULL = EventType.of("sock:sock_rcvqueue_full",
            "rmem_alloc=%d truesize=%u sk_rcvbuf=%d", "rmem_alloc", "truesize", "sk_rcvbuf");

    /** What the kernel prints for a code address that is NULL. */
    public static final String NO_LOCATION = "0x0";

    private NetEvents() {}

    static List<EventType> all() {
        return List.of(NAPI_POLL, RECEIVE_SKB, DEV_XMIT, XMIT_TIMEOUT, CONSUME_SKB, KFREE_SKB, RCVQUEUE_FULL);
    }
}
