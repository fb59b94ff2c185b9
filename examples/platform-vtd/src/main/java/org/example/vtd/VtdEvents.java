package org.example.vtd;

import io.dmalab.api.kernel.EventType;

// tag::events
/** What this plugin adds to the event stream. No kernel has these trace points. */
final class VtdEvents {
    /** An invalidation was ordered and has been waited for. 0 pages: the whole domain. */
    static final EventType IOTLB_INVALIDATION =
            EventType.synthetic("vtd:iotlb_invalidation", "domain=%u iova=0x%llx pages=%u", "domain", "iova", "pages");
    /** A device was answered from the IOTLB although the mapping has ended. */
    static final EventType STALE_ACCESS =
            EventType.synthetic("vtd:stale_access", "%s iova=0x%llx write=%d", "device", "iova", "write");

    private VtdEvents() {}
}
// end::events
