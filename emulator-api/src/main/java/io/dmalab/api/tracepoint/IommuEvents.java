package io.dmalab.api.tracepoint;

import io.dmalab.api.kernel.EventType;
import java.util.List;

/**
 * Trace points of the generic IOMMU code (include/trace/events/iommu.h, v6.14). On pSeries only the two of groups occur: its tables are
 * filled without the generic code.
 */
public final class IommuEvents {
    public static final EventType ADD_DEVICE_TO_GROUP =
            EventType.of("iommu:add_device_to_group", "IOMMU: groupID=%d device=%s", "group", "device");
    public static final EventType REMOVE_DEVICE_FROM_GROUP =
            EventType.of("iommu:remove_device_from_group", "IOMMU: groupID=%d device=%s", "group", "device");
    public static final EventType ATTACH_DEVICE_TO_DOMAIN =
            EventType.of("iommu:attach_device_to_domain", "IOMMU: device=%s", "device");
    /** Gone since 6.3. */
    public static final EventType DETACH_DEVICE_FROM_DOMAIN =
            EventType.of("iommu:detach_device_from_domain", "IOMMU: device=%s", "device");
    /** {@code end} is the first address behind the mapping. */
    public static final EventType MAP = EventType.of("iommu:map",
            "IOMMU: iova=0x%016llx - 0x%016llx paddr=0x%016llx size=%zu", "iova", "end", "paddr", "size");
    public static final EventType UNMAP = EventType.of("iommu:unmap",
            "IOMMU: iova=0x%016llx - 0x%016llx size=%zu unmapped_size=%zu", "iova", "end", "size", "unmapped_size");
    public static final EventType IO_PAGE_FAULT = EventType.of("iommu:io_page_fault",
            "IOMMU:%s %s iova=0x%016llx flags=0x%04x", "driver", "device", "iova", "flags");

    private IommuEvents() {}

    static List<EventType> all() {
        return List.of(ADD_DEVICE_TO_GROUP, REMOVE_DEVICE_FROM_GROUP, ATTACH_DEVICE_TO_DOMAIN, DETACH_DEVICE_FROM_DOMAIN, MAP, UNMAP,
                IO_PAGE_FAULT);
    }
}
