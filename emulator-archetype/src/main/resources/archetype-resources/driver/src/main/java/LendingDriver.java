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
import java.util.ArrayList;
import java.util.List;

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

    private record Buffer(int page, long address) {}

    private static final long MASK_64 = -1L;
    private static final long POLL_MS = 10;

    private final Kernel kernel;
    private final Options options;
    private Device device;
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
        List<Buffer> buffers = map();
        lent = buffers.size();
        device.get();
        kernel.sched().spawn("user", kernel.sched().cpus() - 1, () -> use(buffers, random));
    }

    /** As many as can be had: where memory or the window is full, the device works with fewer. */
    private List<Buffer> map() {
        List<Buffer> buffers = new ArrayList<>();
        while (buffers.size() < options.buffers()) {
            int page = kernel.pages().alloc();
            if (page < 0) {
                break;
            }
            long address = kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
            if (address == DmaApi.MAPPING_ERROR) {
                kernel.pages().put(page);
                break;
            }
            buffers.add(new Buffer(page, address));
        }
        return buffers;
    }

    private void use(List<Buffer> buffers, RandomStream random) {
        for (Buffer buffer : buffers) {
            kernel.sched().sleepNanos(options.hold().sample(random));
            kernel.dma().unmapPage(device, buffer.address(), kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
            kernel.pages().put(buffer.page());
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
