package io.dmalab.netstack;

import io.dmalab.api.kernel.EventType;

/**
 * Trace events of page_pool in the kernel's layouts (include/trace/events/page_pool.h, v6.14), and the netlink notifications of its
 * family.
 */
final class PagePoolEvents {
    static final EventType RELEASE = EventType.of("page_pool:page_pool_release",
            "page_pool=%p inflight=%d hold=%u release=%u cnt=%llu", "pool", "inflight", "hold", "release", "cnt");
    static final EventType STATE_HOLD = EventType.of("page_pool:page_pool_state_hold",
            "page_pool=%p netmem=%p is_net_iov=%lu, pfn=0x%lx hold=%u", "pool", "netmem", "is_net_iov", "pfn", "hold");
    static final EventType STATE_RELEASE = EventType.of("page_pool:page_pool_state_release",
            "page_pool=%p netmem=%p is_net_iov=%lu pfn=0x%lx release=%u", "pool", "netmem", "is_net_iov", "pfn", "release");
    static final EventType UPDATE_NID = EventType.of("page_pool:page_pool_update_nid",
            "page_pool=%p pool_nid=%d new_nid=%d", "pool", "pool_nid", "new_nid");
    /** Not a tracepoint: what listeners of the netlink group page-pool are told, e.g. once when a pool is detached. */
    static final EventType NETLINK = EventType.of("netlink:page_pool_ntf",
            "cmd=%s id=%u ifindex=%u inflight=%d", "cmd", "id", "ifindex", "inflight");

    private static final long VMEMMAP = 0xc00c_0000_0000_0000L;
    private static final int STRUCT_PAGE = 64;

    private PagePoolEvents() {}

    /** Address of the page's struct page, for the netmem fields. */
    static long netmem(int page) {
        return VMEMMAP + (long) page * STRUCT_PAGE;
    }
}
