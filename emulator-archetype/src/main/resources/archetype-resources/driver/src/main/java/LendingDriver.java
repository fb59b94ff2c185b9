package ${package};

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.RandomStream;
import jakarta.inject.Inject;

/**
 * Models no driver of the kernel: maps a few pages, lends them to a user, and unmaps each when it is given back. Left out: interrupts, and what the
 * device does with its memory.
 */
final class LendingDriver implements DeviceDriver {
    /** What a scenario can set: {@code driver: { id: ${artifactId}, buffers: 16 }}. */
    record Options(
            @Option(value = "8", doc = "buffers that are lent, 1 to 1024") int buffers,
            @Option(value = "100ms", doc = "how long each is kept") HoldTime hold,
            @Option(value = "on", doc = "the removal waits for the last buffer") boolean waitForUsers) {
        Options {
            if (buffers < 1 || buffers > 1024) {
                throw new IllegalArgumentException(buffers + " buffers are out of range; use 1 to 1024");
            }
        }
    }

    private static final long MASK_64 = -1L;
    private static final long POLL_MS = 10;

    private final Kernel kernel;
    private final Options options;
    private Device device;
    private long[] mapped = {};
    private int lent;

    @Inject
    LendingDriver(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
    }

    @Override
    public String name() {
        return "lending";
    }

    @Override
    public void probe(Device probed) {
        device = probed;
        if (!kernel.dma().setMask(device, MASK_64)) {
            throw new IllegalStateException("no usable DMA mask");
        }
    }

    /** The pages are mapped and go to their user, who has a stream of random numbers of its own. */
    @Override
    public void up(Device started) {
        RandomStream random = kernel.random().stream("${artifactId} " + device.alias());
        int pageSize = 1 << kernel.pages().pageShift();
        mapped = new long[options.buffers()];
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = kernel.dma().mapPage(device, kernel.pages().alloc(), 0, pageSize, DmaDirection.FROM_DEVICE);
            if (mapped[i] == DmaApi.MAPPING_ERROR) {
                throw new IllegalStateException("no room for buffer " + i);
            }
        }
        lent = mapped.length;
        device.get();
        kernel.sched().spawn("user", kernel.sched().cpus() - 1, () -> use(random, pageSize));
    }

    private void use(RandomStream random, int pageSize) {
        for (long address : mapped) {
            kernel.sched().sleepNanos(options.hold().sample(random));
            kernel.dma().unmapPage(device, address, pageSize, DmaDirection.FROM_DEVICE);
            lent--;
        }
        device.put();
    }

    @Override
    public void remove(Device gone) {
        while (options.waitForUsers() && lent > 0) {
            kernel.sched().msleep(POLL_MS);
        }
    }
}
