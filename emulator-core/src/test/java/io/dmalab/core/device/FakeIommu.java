package io.dmalab.core.device;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * An IOMMU with pages of 64 KiB that hands out one address after the other. What is not bypassed is translated by a table, what
 * is, by arithmetic.
 */
final class FakeIommu implements IommuBackend {
    private static final int SHIFT = 16;

    final List<String> calls = new ArrayList<>();
    final TreeMap<Long, Long> entries = new TreeMap<>();
    /** Address of the next mapping; -1 to fail. */
    long next = 0x800_0000_0001_0000L;
    boolean supported = true;
    boolean bypassFrom64 = false;
    Runnable onUnmap = () -> {};
    /** What becomes of a device that is refused, and the addresses at which one was. */
    Refusal refusal = Refusal.FREEZE;
    final List<Long> refused = new ArrayList<>();

    @Override
    public void attach(Device device) {}

    @Override
    public boolean dmaSupported(Device device, long mask) {
        calls.add("mask " + Long.toHexString(mask));
        if (bypassFrom64 && mask == -1L) {
            device.dmaBypass(true);
            device.dmaOffset(0x800_0000_0000_0000L);
        }
        return supported;
    }

    @Override
    @KernelFunction("dma_iommu_map_page")
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        if (next == -1) {
            return DmaApi.MAPPING_ERROR;
        }
        calls.add("map " + bytes);
        long offset = physical & (1 << SHIFT) - 1;
        long address = next | offset;
        long pages = offset + bytes + (1 << SHIFT) - 1 >> SHIFT;
        for (long page = 0; page < pages; page++) {
            entries.put((next >>> SHIFT) + page, (physical >>> SHIFT) + page);
        }
        next += pages << SHIFT;
        return address;
    }

    @Override
    @KernelFunction("dma_iommu_unmap_page")
    public void unmap(Device device, long address, long bytes, DmaDirection direction) {
        calls.add("unmap " + bytes);
        onUnmap.run();
        long offset = address & (1 << SHIFT) - 1;
        long pages = offset + bytes + (1 << SHIFT) - 1 >> SHIFT;
        for (long page = 0; page < pages; page++) {
            entries.remove((address >>> SHIFT) + page);
        }
    }

    @Override
    public long mapCoherent(Device device, long physical, long bytes) {
        calls.add("coherent");
        return map(device, physical, bytes, DmaDirection.BIDIRECTIONAL);
    }

    @Override
    public void unmapCoherent(Device device, long address, long bytes) {
        calls.add("coherent");
        unmap(device, address, bytes, DmaDirection.BIDIRECTIONAL);
    }

    @Override
    public long translate(Device device, long address, boolean write) {
        if (device.dmaBypass()) {
            return address - device.dmaOffset();
        }
        Long page = entries.get(address >>> SHIFT);
        return page == null ? DmaApi.MAPPING_ERROR : page << SHIFT | address & (1 << SHIFT) - 1;
    }

    @Override
    public Refusal refused(Device device, long address, boolean write) {
        refused.add(address);
        return refusal;
    }

    @Override
    public boolean inUse(Device device) {
        return !entries.isEmpty();
    }
}
