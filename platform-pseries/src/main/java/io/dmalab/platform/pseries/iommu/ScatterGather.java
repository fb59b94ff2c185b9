package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;

/**
 * ppc_iommu_map_sg() and ppc_iommu_unmap_sg() of arch/powerpc/kernel/iommu.c (v6.12; facts: iommu-table.md 11), merging as with {@code
 * iommu=vmerge}.
 */
public final class ScatterGather {
    public static final int EINVAL = 22;
    public static final int EIO = 5;

    private ScatterGather() {}

    /**
     * Maps a list. Any context.
     *
     * @param maxSegment largest merged segment the device takes, in bytes
     * @return number of segments, or a negative errno
     */
    @KernelFunction("ppc_iommu_map_sg")
    public static int map(IommuTable table, Device device, ScatterList list, int elements, DmaDirection direction, long mask,
            long maxSegment) {
        if (elements == 0 || table == null) {
            return -EINVAL;
        }
        int out = 0;
        int segmentStart = 0;
        int count = 1;
        long handle = 0;
        long next = 0;
        list.dmaLength[0] = 0;
        for (int i = 0; i < elements; i++) {
            long bytes = list.length[i];
            if (bytes == 0) {
                next = 0;
                continue;
            }
            long address = table.mapElement(device, list.physical[i], bytes, direction, mask, handle);
            if (address == IommuTable.ERROR) {
                rollBack(table, list, out);
                return -EIO;
            }
            handle = (address >>> table.pageShift()) - table.offset() + table.arithmetic().count(list.physical[i], bytes);
            if (segmentStart != i) {
                if (address != next || list.dmaLength[out] + bytes > maxSegment) {
                    segmentStart = i;
                    count++;
                    out++;
                } else {
                    list.dmaLength[out] += bytes;
                }
            }
            if (segmentStart == i) {
                list.dmaAddress[out] = address;
                list.dmaLength[out] = bytes;
            }
            next = address + bytes;
        }
        if (count < elements) {
            list.dmaLength[out + 1] = 0;
        }
        return count;
    }

    /** Unmaps a list: up to the first segment of length 0. Any context. */
    @KernelFunction("ppc_iommu_unmap_sg")
    public static void unmap(IommuTable table, ScatterList list, int elements) {
        if (table == null) {
            return;
        }
        for (int i = 0; i < elements && list.dmaLength[i] != 0; i++) {
            table.iommuFreeEntries(list.dmaAddress[i], table.arithmetic().count(list.dmaAddress[i], list.dmaLength[i]));
        }
    }

    private static void rollBack(IommuTable table, ScatterList list, int out) {
        for (int i = 0; i <= out; i++) {
            if (list.dmaLength[i] != 0) {
                int pages = table.arithmetic().count(list.dmaAddress[i], list.dmaLength[i]);
                table.iommuFreeEntries(list.dmaAddress[i] & ~table.arithmetic().mask(), pages);
                list.dmaLength[i] = 0;
            }
        }
    }
}
