package toy;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Work;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;

/** Maps pages at probe; a worker unmaps them a while after remove, through a table that remove has freed. */
final class ToyDriver implements DeviceDriver {
    record Options(
            @Option(value = "4", doc = "pages that are mapped, 0 to 100") int pages,
            @Option(value = "2s", doc = "how long after the removal they are unmapped") Span late) {
        public Options {
            if (pages < 0 || pages > 100) {
                throw new IllegalArgumentException(pages + " pages are out of range; use 0 to 100");
            }
        }
    }

    static final EventType TOUCHED = EventType.synthetic("toy:touched", "address=%x by=%s", "address", "by");

    private final Kernel kernel;
    private final Options options;
    private final Work unmap;
    private Device device;
    private KernelObject table;
    private long[] mapped = {};

    @Inject
    ToyDriver(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
        this.unmap = kernel.events().work("toy_unmap", this::unmap);
    }

    @Override
    public String name() {
        return "toy";
    }

    @Override
    @KernelFunction("toy_probe")
    public void probe(Device newDevice) {
        device = newDevice;
        device.get();
        table = kernel.memory().kzalloc("toy_table", 256);
        mapped = new long[options.pages()];
        for (int i = 0; i < mapped.length; i++) {
            mapped[i] = kernel.dma().mapPage(device, kernel.pages().alloc(), 0, 4096, DmaDirection.FROM_DEVICE);
        }
    }

    @Override
    @KernelFunction("toy_remove")
    public void remove(Device gone) {
        unmap.queueDelayed(0, kernel.clock().msecsToJiffies(options.late().nanos() / 1_000_000));
        while (kernel.policy().unregister(device, device.alias(), mapped.length) instanceof Verdict.WaitFor) {
            kernel.sched().msleep(50);
        }
        kernel.memory().free(table);
    }

    @KernelFunction("toy_unmap")
    private void unmap() {
        for (long address : mapped) {
            table.read("entries");
            kernel.trace().emit(TOUCHED, address, kernel.trace().text("worker"));
            kernel.dma().unmapPage(device, address, 4096, DmaDirection.FROM_DEVICE);
        }
        mapped = new long[0];
        device.put();
    }
}
