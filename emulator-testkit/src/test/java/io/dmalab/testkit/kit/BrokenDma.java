package io.dmalab.testkit.kit;

import io.dmalab.api.Extensions;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.dma.IommuBackend;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.testkit.kit.world.KitAllocator;
import io.dmalab.testkit.kit.world.KitIommu;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;

/** Allocators and backends that break a rule; what they do right is done by the kit's own. */
final class BrokenDma {
    private BrokenDma() {}

    static void register(Extensions extensions) {
        extensions.add(DmaAllocator.class, "overlapping", Overlapping.class, "hands out a range twice");
        extensions.add(DmaAllocator.class, "forgetful", Forgetful.class, "forgets the ends of ranges that are freed");
        extensions.add(DmaAllocator.class, "maskless", Maskless.class, "looks at masks of single entries only");
        extensions.add(DmaAllocator.class, "crooked", Crooked.class, "does not align");
        extensions.add(DmaAllocator.class, "boundless", Boundless.class, "crosses boundaries");
        extensions.add(DmaAllocator.class, "lock-leaker", LockLeaker.class, "keeps its lock when nothing fits");
        extensions.add(DmaAllocator.class, "memory-leaker", MemoryLeaker.class, "forgets memory when it is released");
        extensions.add(IommuBackend.class, "stale-tlb", StaleTlb.class, "lets the hardware reach what was unmapped");
        extensions.add(IommuBackend.class, "offsetless", Offsetless.class, "forgets offsets in pages");
        extensions.add(IommuBackend.class, "one-way", OneWay.class, "maps for one direction only");
    }

    /** An allocator that works. */
    private abstract static class Sound implements DmaAllocator {
        final Kernel kernel;
        final KitAllocator sound;

        Sound(Kernel kernel) {
            this.kernel = kernel;
            this.sound = new KitAllocator(kernel);
        }

        @Override
        public void init(Window window) {
            sound.init(window);
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            return sound.alloc(pages, hint, mask, alignOrder, boundary);
        }

        @Override
        public void free(long entry, int pages) {
            sound.free(entry, pages);
        }

        @Override
        public boolean inUse() {
            return sound.inUse();
        }

        @Override
        public long used() {
            return sound.used();
        }

        @Override
        public void release() {
            sound.release();
        }
    }

    static final class Overlapping extends Sound {
        private long seven = NONE;
        private boolean twice;

        @Inject
        Overlapping(Kernel kernel) {
            super(kernel);
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            if (pages == 7 && seven != NONE && alignOrder == 0 && boundary == 0 && mask > Long.MAX_VALUE >>> 12) {
                twice = true;
                return seven;
            }
            long entry = super.alloc(pages, hint, mask, alignOrder, boundary);
            seven = pages == 7 && entry != NONE ? entry : seven;
            return entry;
        }

        @Override
        public void free(long entry, int pages) {
            if (twice && entry == seven && pages == 7) {
                twice = false;
                return;
            }
            seven = entry == seven ? NONE : seven;
            super.free(entry, pages);
        }
    }

    static final class Forgetful extends Sound {
        @Inject
        Forgetful(Kernel kernel) {
            super(kernel);
        }

        @Override
        public void free(long entry, int pages) {
            super.free(entry, pages > 50 ? pages - 1 : pages);
        }
    }

    static final class Maskless extends Sound {
        @Inject
        Maskless(Kernel kernel) {
            super(kernel);
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            return super.alloc(pages, hint, pages == 1 ? mask : -1L, alignOrder, boundary);
        }
    }

    static final class Crooked extends Sound {
        @Inject
        Crooked(Kernel kernel) {
            super(kernel);
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            return super.alloc(pages, hint, mask, 0, boundary);
        }
    }

    static final class Boundless extends Sound {
        @Inject
        Boundless(Kernel kernel) {
            super(kernel);
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            return super.alloc(pages, hint, mask, alignOrder, 0);
        }
    }

    static final class LockLeaker extends Sound {
        private final SpinLock lock;

        @Inject
        LockLeaker(Kernel kernel) {
            super(kernel);
            this.lock = kernel.locks().spin("&leaker->lock");
        }

        @Override
        public long alloc(int pages, long hint, long mask, int alignOrder, long boundary) {
            boolean locked = lock.tryLock();
            long entry = super.alloc(pages, hint, mask, alignOrder, boundary);
            if (locked && entry != NONE) {
                lock.unlock();
            }
            return entry;
        }
    }

    static final class MemoryLeaker extends Sound {
        @Inject
        MemoryLeaker(Kernel kernel) {
            super(kernel);
        }

        @Override
        public void init(Window window) {
            super.init(window);
            kernel.memory().kzalloc("forgotten", 64);
        }
    }

    /** A backend that works. */
    private abstract static class SoundIommu implements IommuBackend {
        final KitIommu sound;

        SoundIommu(KitIommu sound) {
            this.sound = sound;
        }

        @Override
        public void attach(Device device) {
            sound.attach(device);
        }

        @Override
        public boolean dmaSupported(Device device, long mask) {
            return sound.dmaSupported(device, mask);
        }

        @Override
        public long map(Device device, long physical, long bytes, DmaDirection direction) {
            return sound.map(device, physical, bytes, direction);
        }

        @Override
        public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
            sound.unmap(device, dmaAddress, bytes, direction);
        }

        @Override
        public long mapCoherent(Device device, long physical, long bytes) {
            return sound.map(device, physical, bytes, DmaDirection.BIDIRECTIONAL);
        }

        @Override
        public void unmapCoherent(Device device, long dmaAddress, long bytes) {
            sound.unmap(device, dmaAddress, bytes, DmaDirection.BIDIRECTIONAL);
        }

        @Override
        public long translate(Device device, long dmaAddress, boolean write) {
            return sound.translate(device, dmaAddress, write);
        }

        @Override
        public boolean inUse(Device device) {
            return sound.inUse(device);
        }
    }

    static final class StaleTlb extends SoundIommu {
        private final Map<Long, Long> stale = new TreeMap<>();

        @Inject
        StaleTlb(KitIommu sound) {
            super(sound);
        }

        @Override
        public void unmap(Device device, long dmaAddress, long bytes, DmaDirection direction) {
            stale.put(dmaAddress, sound.translate(device, dmaAddress, false));
            super.unmap(device, dmaAddress, bytes, direction);
        }

        @Override
        public long translate(Device device, long dmaAddress, boolean write) {
            long now = super.translate(device, dmaAddress, write);
            return now == DmaApi.MAPPING_ERROR ? stale.getOrDefault(dmaAddress, now) : now;
        }
    }

    static final class Offsetless extends SoundIommu {
        private static final long PAGE = -65536;

        @Inject
        Offsetless(KitIommu sound) {
            super(sound);
        }

        @Override
        public long map(Device device, long physical, long bytes, DmaDirection direction) {
            return super.map(device, physical & PAGE, bytes, direction);
        }
    }

    static final class OneWay extends SoundIommu {
        @Inject
        OneWay(KitIommu sound) {
            super(sound);
        }

        @Override
        public long translate(Device device, long dmaAddress, boolean write) {
            return write ? super.translate(device, dmaAddress, true) : DmaApi.MAPPING_ERROR;
        }
    }
}
