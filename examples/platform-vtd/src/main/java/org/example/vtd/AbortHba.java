package org.example.vtd;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.kernel.TimerList;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/**
 * The driver {@code abort-hba}: a made-up storage controller, and the mistake that many drivers of real ones have made. A command that
 * takes too long is given up: its buffer is unmapped and freed, while the hardware still has the address and goes on. Left out: queues,
 * what is read, error handling of a whole controller.
 */
final class AbortHba implements DeviceDriver {
    /** Commands that the driver gave up. */
    static final String ABORTED = "abort_hba_aborted";
    private static final long MASK_64 = -1L;

    private final Kernel kernel;
    private final AbortHbaOptions options;
    private final Counter aborted;
    /** Held while a command begins or ends, so that remove finds none half-way. */
    private final SpinLock lock;
    /** Commands that have not come back, in order of their number. */
    private final List<Command> outstanding = new ArrayList<>();
    private Device device;
    private RandomStream latencies;
    /** The hardware has been reset: none of its commands goes on. */
    private boolean removed;
    /** Accesses of the hardware that are under way: PCI_EXP_DEVSTA_TRPND. */
    private int transactions;
    private int next;

    @Inject
    AbortHba(Kernel kernel, AbortHbaOptions options) {
        this.kernel = kernel;
        this.options = options;
        this.aborted = kernel.metrics().counter(ABORTED);
        this.lock = kernel.locks().spin("&hba->lock");
    }

    /** A read of one page: what the driver knows of it, and what the hardware does about it. */
    private final class Command {
        private final int number;
        private final int page;
        private final long address;
        private final TimerList timeout = kernel.timer("abort_hba_timeout", this::timedOut);
        /** The hardware has been told to leave it alone. */
        private boolean stopped;

        Command(int number, int page, long address) {
            this.number = number;
            this.page = page;
            this.address = address;
        }

        // tag::command
        /** The hardware's side: two writes, and an interrupt after the second. */
        void start(long latency) {
            int half = kernel.pages().pageSize() / 2;
            long now = kernel.clock().now();
            kernel.sched().at(now + latency / 2, ContextKind.HARDIRQ, 0, word -> write(address, half), 0);
            kernel.sched().at(now + latency, ContextKind.HARDIRQ, 0, word -> {
                if (write(address + half, half)) {
                    complete();
                }
            }, 0);
            timeout.mod(kernel.clock().msecsToJiffies(options.timeout().nanos() / 1_000_000));
        }

        /** False if it was refused. An address that has been handed out again is good, and no IOMMU can tell. */
        private boolean write(long at, int bytes) {
            if (stopped || removed) {
                return false;
            }
            transactions++;
            boolean refused = kernel.dma().deviceAccess(device, at, bytes, true) == DmaApi.MAPPING_ERROR;
            transactions--;
            if (refused) {
                return false;
            }
            for (Command other : outstanding) {
                if (other != this && other.address == address) {
                    kernel.findings().report(FindingKind.MEMORY_CORRUPTION, device.alias(), () -> "data of command " + number
                            + " went to the buffer of command " + other.number + ", which has DMA address 0x" + Long.toHexString(address)
                            + " now");
                }
            }
            return true;
        }

        @KernelFunction(value = "abort_hba_irq", module = "abort_hba")
        private void complete() {
            lock.lock();
            timeout.delete();
            end();
            lock.unlock();
        }

        /** The mistake: the hardware is not asked. */
        @KernelFunction(value = "abort_hba_timeout", module = "abort_hba")
        private void timedOut() {
            lock.lock();
            aborted.increment();
            stopped = options.stopFirst();
            end();
            lock.unlock();
        }
        // end::command

        /** The buffer goes, once. Under the lock. */
        void end() {
            if (outstanding.remove(this)) {
                kernel.dma().unmapPage(device, address, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
                kernel.pages().put(page);
            }
        }
    }

    @Override
    public String name() {
        return "abort_hba";
    }

    @Override
    @KernelFunction(value = "abort_hba_probe", module = "abort_hba")
    public void probe(Device newDevice) {
        device = newDevice;
        latencies = kernel.random().stream("abort-hba " + device.alias());
        if (!kernel.dma().setMask(device, MASK_64)) {
            throw new IllegalStateException("no usable DMA mask");
        }
    }

    @Override
    public void up(Device newDevice) {
        long end = kernel.clock().now() + options.duration().nanos();
        kernel.sched().spawn("fio", 0, () -> {
            while (!removed && kernel.clock().now() < end) {
                lock.lock();
                if (!removed) {
                    submit();
                }
                lock.unlock();
                kernel.sched().sleepNanos(options.interval().nanos());
            }
        });
    }

    @KernelFunction(value = "abort_hba_queue_rq", module = "abort_hba")
    private void submit() {
        int page = kernel.pages().alloc();
        if (page < 0) {
            return;
        }
        long address = kernel.dma().mapPage(device, page, 0, kernel.pages().pageSize(), DmaDirection.FROM_DEVICE);
        if (address == DmaApi.MAPPING_ERROR) {
            kernel.pages().put(page);
            return;
        }
        Command command = new Command(next++, page, address);
        kernel.pages().heldBy(page, kernel.pages().holder("command " + command.number));
        outstanding.add(command);
        command.start(options.latency().sample(latencies));
    }

    /** Here the hardware is stopped first. */
    @Override
    @KernelFunction(value = "abort_hba_remove", module = "abort_hba")
    public void remove(Device oldDevice) {
        lock.lock();
        removed = true;
        outstanding.forEach(command -> command.timeout.delete());
        lock.unlock();
        waitForPendingTransaction();
        lock.lock();
        List.copyOf(outstanding).forEach(Command::end);
        lock.unlock();
    }

    @KernelFunction("pci_wait_for_pending_transaction")
    private void waitForPendingTransaction() {
        while (transactions > 0) {
            kernel.sched().msleep(1);
        }
    }
}
