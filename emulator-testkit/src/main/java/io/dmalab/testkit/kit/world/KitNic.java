package io.dmalab.testkit.kit.world;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;

/**
 * Driver {@code kit-nic}: every millisecond the stack gets a page for a while, in softirq context, and another one is mapped and unmapped
 * for sending. One page in ten is out for seconds, so that a removal finds mappings which come back late. Models no driver.
 */
public final class KitNic implements DeviceDriver {
    /**
     * Options.
     *
     * @param ticks 0 to 100 000
     */
    public record Options(
            @Option(value = "300", doc = "milliseconds of traffic after the device came up") int ticks,
            @Option(value = "8", doc = "pages that the device has from the start, 0 to 64") int posted,
            @Option(value = "on", doc = "some pages stay out for seconds") boolean late) {}

    private static final long MASK_64 = -1L;
    private static final long MASK_32 = 0xffff_ffffL;
    private static final long TICK_NANOS = 1_000_000;
    private static final int LATE_EVERY = 10;
    private static final long ASK_AGAIN_MS = 1000;

    private final Kernel kernel;
    private final Options options;
    private final RandomStream random;
    private final Mutex rtnl;
    private final int[] posted;
    private KitPool pool;
    private boolean selfMapped;
    private boolean running;
    private int ticks;

    @Inject
    public KitNic(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
        this.random = kernel.random().stream("kit-nic");
        this.rtnl = kernel.locks().mutex("rtnl_mutex");
        this.posted = new int[options.posted()];
    }

    @Override
    public String name() {
        return "kit_nic";
    }

    @Override
    public void probe(Device device) {
        if (!kernel.dma().setMask(device, MASK_64) && !kernel.dma().setMask(device, MASK_32)) {
            throw new IllegalStateException("no usable DMA mask");
        }
    }

    @Override
    public void up(Device device) {
        selfMapped = kernel.policy().driverMaps(device);
        pool = new KitPool(kernel, device, !selfMapped);
        for (int i = 0; i < posted.length; i++) {
            posted[i] = pool.take();
        }
        running = true;
        tick(device);
    }

    private void tick(Device device) {
        int cpu = ticks % kernel.sched().cpus();
        kernel.sched().at(kernel.clock().now() + TICK_NANOS, ContextKind.SOFTIRQ, cpu, word -> softirq(device), 0);
    }

    private void softirq(Device device) {
        if (!running || ticks++ == options.ticks()) {
            return;
        }
        receive(device);
        send(device);
        tick(device);
    }

    private void receive(Device device) {
        int page = pool.take();
        if (page < 0) {
            return;
        }
        long address = selfMapped ? map(device, page, DmaDirection.FROM_DEVICE) : DmaApi.MAPPING_ERROR;
        if (address != DmaApi.MAPPING_ERROR) {
            unmap(device, address, DmaDirection.FROM_DEVICE);
        }
        boolean late = options.late() && ticks % LATE_EVERY == 0;
        long hold = late ? (long) random.uniform(1e9, 3e9) : 1 + (long) random.exponential(5e6);
        kernel.trace().emit(KitEvents.RECEIVED, hold);
        kernel.sched().at(kernel.clock().now() + hold, ContextKind.SOFTIRQ, kernel.sched().cpu(), word -> pool.put(page), 0);
    }

    private void send(Device device) {
        int page = kernel.pages().alloc();
        long address = page < 0 ? DmaApi.MAPPING_ERROR : map(device, page, DmaDirection.TO_DEVICE);
        if (address != DmaApi.MAPPING_ERROR) {
            kernel.dma().deviceAccess(device, address, 64, false);
            unmap(device, address, DmaDirection.TO_DEVICE);
        }
        if (page >= 0) {
            kernel.pages().put(page);
        }
    }

    private long map(Device device, int page, DmaDirection direction) {
        return kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), direction);
    }

    private void unmap(Device device, long address, DmaDirection direction) {
        kernel.dma().unmapPage(device, address, kernel.pages().pageSize(), direction);
    }

    @Override
    public void remove(Device device) {
        running = false;
        for (int page : posted) {
            if (page >= 0) {
                pool.put(page);
            }
        }
        rtnl.lock();
        pool.destroy();
        rtnl.unlock();
        while (unregister(device) instanceof Verdict.WaitFor) {
            kernel.sched().msleep(ASK_AGAIN_MS);
        }
    }

    private Verdict unregister(Device device) {
        rtnl.lock();
        Verdict verdict = kernel.policy().unregister(device, device.alias(), pool.inflight());
        rtnl.unlock();
        Answers.check(kernel, "unregister", verdict, verdict instanceof Verdict.Proceed || verdict instanceof Verdict.WaitFor);
        return verdict;
    }
}
