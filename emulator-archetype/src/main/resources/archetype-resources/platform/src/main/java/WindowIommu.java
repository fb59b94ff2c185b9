package ${package};

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;

/**
 * Models no hardware there is: each device has a window of 1 GiB, in which mappings lie one behind the other; an address is used again when its mapping
 * has ended and the window's end was reached. The window is freed when the driver is unbound, whatever is still mapped: a late unmap touches freed
 * memory, as in the kernels that dmalab is about. Left out: protection by direction, caches.
 */
final class WindowIommu implements IommuBackend {
    private static final long WINDOW = 1L << 30;
    private static final long PAGE = 1L << 12;

    private final Kernel kernel;

    @Inject
    WindowIommu(Kernel kernel) {
        this.kernel = kernel;
    }

    /** struct window, as a kernel would have it. */
    private static final class Window {
        /** DMA address of each mapping; what lies there. */
        final TreeMap<Long, Mapping> mappings = new TreeMap<>();
        KernelObject object;
        /** The hardware looks things up in it. */
        boolean live;
        long next = PAGE;
    }

    private record Mapping(long physical, long bytes) {}

    @Override
    public void attach(Device device) {
        device.archdata(new Window());
    }

    @Override
    public void configure(Device device) {
        Window window = window(device);
        window.object = kernel.memory().kzalloc("window", 128);
        window.live = true;
    }

    @Override
    public void unbindCleanup(Device device) {
        Window window = window(device);
        window.live = false;
        kernel.memory().free(window.object);
    }

    @Override
    public boolean dmaSupported(Device device, long mask) {
        return Long.compareUnsigned(mask, WINDOW - 1) >= 0;
    }

    @Override
    public long map(Device device, long physical, long bytes, DmaDirection direction) {
        Window window = window(device);
        window.object.write("entries");
        long offset = physical & PAGE - 1;
        long size = offset + bytes + PAGE - 1 & -PAGE;
        long at = free(window, window.next, size);
        if (at == DmaApi.MAPPING_ERROR) {
            at = free(window, PAGE, size);
        }
        if (at == DmaApi.MAPPING_ERROR) {
            return at;
        }
        window.next = at + size;
        window.mappings.put(at, new Mapping(physical - offset, size));
        return at + offset;
    }

    /** First gap of that size at {@code from} or behind it. */
    private static long free(Window window, long from, long size) {
        long at = from;
        Map.Entry<Long, Mapping> before = window.mappings.lowerEntry(from);
        if (before != null) {
            at = Math.max(at, before.getKey() + before.getValue().bytes());
        }
        for (Map.Entry<Long, Mapping> mapping : window.mappings.tailMap(from).entrySet()) {
            if (mapping.getKey() - at >= size) {
                return at;
            }
            at = mapping.getKey() + mapping.getValue().bytes();
        }
        return WINDOW - at >= size ? at : DmaApi.MAPPING_ERROR;
    }

    @Override
    public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
        Window window = window(device);
        window.object.write("entries");
        window.mappings.remove(dmaAddress & -PAGE);
    }

    @Override
    public long translate(Device device, long dmaAddress, boolean write) {
        Window window = window(device);
        Map.Entry<Long, Mapping> mapping = window.mappings.floorEntry(dmaAddress);
        boolean hit = window.live && mapping != null && dmaAddress - mapping.getKey() < mapping.getValue().bytes();
        return hit ? mapping.getValue().physical() + dmaAddress - mapping.getKey() : DmaApi.MAPPING_ERROR;
    }

    @Override
    public boolean inUse(Device device) {
        return !window(device).mappings.isEmpty();
    }

    private static Window window(Device device) {
        return (Window) device.archdata();
    }
}
