package io.dmalab.driver.mlx;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import java.util.ArrayDeque;
import java.util.TreeMap;

/** An IOMMU that gives each mapping an address of its own, faults on everything that is not mapped, and can run out of entries. */
public final class TestIommu implements IommuBackend {
    private static final long BASE = 0x0800_0000_0000_0000L;

    private final int granuleShift;
    private final TreeMap<Long, long[]> mapped = new TreeMap<>();
    private final ArrayDeque<Long> free = new ArrayDeque<>();
    private long next = BASE;
    int limit = Integer.MAX_VALUE;
    private int lateUnmaps;
    boolean faulty;

    public TestIommu(int granuleShift) {
        this.granuleShift = granuleShift;
    }

    @Override
    public void attach(Device device) {}

    @Override
    public boolean dmaSupported(Device device, long mask) {
        return true;
    }

    @Override
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        if (mapped.size() >= limit) {
            return DmaApi.MAPPING_ERROR;
        }
        long granule = 1L << granuleShift;
        long offset = physical & granule - 1;
        long size = offset + bytes + granule - 1 & -granule;
        long start;
        if (size == granule && !free.isEmpty()) {
            start = free.pop();
        } else {
            start = next;
            next += size;
        }
        mapped.put(start, new long[] {physical - offset, size});
        return start + offset;
    }

    @Override
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        long start = dmaAddress & -(1L << granuleShift);
        long[] entry = mapped.remove(start);
        if (entry == null) {
            throw new IllegalStateException("unmap of what is not mapped");
        }
        if (!device.bound()) {
            lateUnmaps++;
        }
        if (entry[1] == 1L << granuleShift) {
            free.push(start);
        }
    }

    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        var entry = mapped.floorEntry(dmaAddress);
        return faulty || entry == null || dmaAddress >= entry.getKey() + entry.getValue()[1]
                ? DmaApi.MAPPING_ERROR
                : dmaAddress - entry.getKey() + entry.getValue()[0];
    }

    @Override
    public boolean inUse(Device device) {
        return !mapped.isEmpty();
    }

    public int used() {
        return mapped.size();
    }

    /** Unmaps for a device without a driver. */
    public int lateUnmaps() {
        return lateUnmaps;
    }
}
