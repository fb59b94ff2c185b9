package io.dmalab.api.tracepoint;

import io.dmalab.api.kernel.EventType;
import java.util.List;

/**
 * Trace points of page_pool (include/trace/events/page_pool.h, v5.7 to v6.16). The field {@code netmem} is what older kernels print as
 * {@code page}.
 */
public final class PagePoolEvents {
    public static final EventType RELEASE = EventType.of("page_pool:page_pool_release",
            "page_pool=%p inflight=%d hold=%u release=%u cnt=%llu", "pool", "inflight", "hold", "release", "cnt")
            .milestone("page_pool_release");
    public static final EventType STATE_HOLD = EventType.of("page_pool:page_pool_state_hold",
            "page_pool=%p netmem=%p is_net_iov=%lu, pfn=0x%lx hold=%u", "pool", "netmem", "is_net_iov", "pfn", "hold")
            .before("6.12", "page_pool=%p netmem=%p pfn=0x%lx hold=%u", "pool", "netmem", "pfn", "hold")
            .before("6.11", "page_pool=%p page=%p pfn=0x%lx hold=%u", "pool", "netmem", "pfn", "hold")
            .before("5.16", "page_pool=%p page=%p pfn=%lu hold=%u", "pool", "netmem", "pfn", "hold");
    public static final EventType STATE_RELEASE = EventType.of("page_pool:page_pool_state_release",
            "page_pool=%p netmem=%p is_net_iov=%lu pfn=0x%lx release=%u", "pool", "netmem", "is_net_iov", "pfn", "release")
            .before("6.12", "page_pool=%p netmem=%p pfn=0x%lx release=%u", "pool", "netmem", "pfn", "release")
            .before("6.11", "page_pool=%p page=%p pfn=0x%lx release=%u", "pool", "netmem", "pfn", "release")
            .before("5.16", "page_pool=%p page=%p pfn=%lu release=%u", "pool", "netmem", "pfn", "release");
    public static final EventType UPDATE_NID = EventType.of("page_pool:page_pool_update_nid",
            "page_pool=%p pool_nid=%d new_nid=%d", "pool", "pool_nid", "new_nid");

    private PagePoolEvents() {}

    static List<EventType> all() {
        return List.of(RELEASE, STATE_HOLD, STATE_RELEASE, UPDATE_NID);
    }
}
