package io.dmalab.netstack;

import io.dmalab.api.kernel.EventType;

/** Trace events of the receive and transmit paths in the kernel's layouts (include/trace/events/napi.h, net.h, skb.h, v6.14). */
final class NetEvents {
    static final EventType NAPI_POLL = EventType.of("napi:napi_poll",
            "napi poll on napi struct %p for device %s work %d budget %d", "napi", "dev_name", "work", "budget");
    static final EventType RECEIVE_SKB = EventType.of("net:netif_receive_skb",
            "dev=%s skbaddr=%p len=%u", "name", "skbaddr", "len");
    static final EventType DEV_XMIT = EventType.of("net:net_dev_xmit",
            "dev=%s skbaddr=%p len=%u rc=%d", "name", "skbaddr", "len", "rc");
    /** A packet is freed after use. */
    static final EventType CONSUME_SKB = EventType.of("skb:consume_skb", "skbaddr=%p", "skbaddr");
    /** A packet is dropped; the kernel's protocol and location are left out. */
    static final EventType KFREE_SKB = EventType.of("skb:kfree_skb", "skbaddr=%p reason: %s", "skbaddr", "reason");

    private static final long SKB_CACHE = 0xc000_0020_0000_0000L;

    private NetEvents() {}

    /** Made-up address of a packet's struct sk_buff. */
    static long address(int skb) {
        return SKB_CACHE + (long) skb * SkBuffs.SKB_TRUESIZE;
    }
}
