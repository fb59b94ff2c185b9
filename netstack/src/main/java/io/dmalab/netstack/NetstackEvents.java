package io.dmalab.netstack;

import io.dmalab.api.kernel.EventType;

/** What this module's events have besides the kernel's trace points: notifications of the netlink family, and made-up addresses. */
final class NetstackEvents {
    /** What listeners of the netlink group page-pool are told, e.g. once when a pool is detached. */
    static final EventType NETLINK = EventType.synthetic("netlink:page_pool_ntf",
            "cmd=%s id=%u ifindex=%u inflight=%d", "cmd", "id", "ifindex", "inflight");

    private static final long VMEMMAP = 0xc00c_0000_0000_0000L;
    private static final int STRUCT_PAGE = 64;
    private static final long SKB_CACHE = 0xc000_0020_0000_0000L;

    private NetstackEvents() {}

    /** Address of the page's struct page, for the netmem fields. */
    static long netmem(int page) {
        return VMEMMAP + (long) page * STRUCT_PAGE;
    }

    /** Made-up address of a packet's struct sk_buff. */
    static long skb(int skb) {
        return SKB_CACHE + (long) skb * SkBuffs.SKB_TRUESIZE;
    }
}
