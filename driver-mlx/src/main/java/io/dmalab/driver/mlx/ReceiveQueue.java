package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.driver.mlx.hardware.CompletionQueue;
import io.dmalab.driver.mlx.hardware.ReceiveHardware;
import io.dmalab.driver.mlx.hardware.ReceiveHardware.State;

/**
 * A receive queue with its completion queue (struct mlx5e_rq, en_main.c and en_rx.c, v6.14). Left out: XDP, AF_XDP, LRO, header split,
 * checksums, time stamps, recovery from errors.
 */
abstract sealed class ReceiveQueue permits StridingRq, CyclicRq {
    private static final int RX_TIMEOUT_MS = 20_000;
    private static final int RX_POLL_MS = 20;

    final Mdev mdev;
    final RingLayout layout;
    final Channel channel;
    final CompletionQueue completions;
    private final KernelObject memory;
    RxPages pages;
    private final QueueContext cq;
    private final QueueContext rq;
    private boolean enabled;

    ReceiveQueue(Mdev mdev, RingLayout layout, Channel channel) {
        this.mdev = mdev;
        this.layout = layout;
        this.channel = channel;
        this.memory = channel.memory();
        this.cq = new QueueContext(mdev, "CQ");
        this.rq = new QueueContext(mdev, "RQ");
        this.completions = new CompletionQueue(layout.logCompletions());
    }

    static ReceiveQueue of(Mdev mdev, RingLayout layout, Channel channel) {
        return layout.type() == RqType.STRIDING ? new StridingRq(mdev, layout, channel) : new CyclicRq(mdev, layout, channel);
    }

    // opening

    QueueContext cq() {
        return cq;
    }

    /** @throws MlxException with what went wrong; the caller closes what was opened */
    @KernelFunction(value = "mlx5e_open_rq", module = "mlx5_core")
    void open() {
        allocRq();
        rq.create();
        hardware().state(State.RESET);
        if (!mdev.commands().exec("MODIFY_RQ", rq.number())) {
            throw new MlxException(MlxException.EIO, "MODIFY_RQ failed");
        }
        hardware().state(State.READY);
    }

    @KernelFunction(value = "mlx5e_alloc_rq", module = "mlx5_core")
    private void allocRq() {
        rq.allocRing(layout.logWqes());
        pages = mdev.rxPages().create(mdev, layout, channel.napi());
    }

    /** NAPI may refill from now on. */
    @KernelFunction(value = "mlx5e_activate_rq", module = "mlx5_core")
    void activate() {
        memory.write("rq.state");
        enabled = true;
    }

    /** Waits until a minimum of WQEs is posted; false after 20 s. Task context. */
    @KernelFunction(value = "mlx5e_wait_for_min_rx_wqes", module = "mlx5_core")
    boolean waitForMinRxWqes() {
        for (int waited = 0; waited <= RX_TIMEOUT_MS; waited += RX_POLL_MS) {
            if (postedWqes() >= minRxWqes()) {
                return true;
            }
            mdev.kernel().sched().msleep(RX_POLL_MS);
        }
        return false;
    }

    // NAPI

    boolean enabled() {
        memory.read("rq.state");
        return enabled;
    }

    /** Hands up to {@code budget} received packets to the stack. */
    @KernelFunction(value = "mlx5e_poll_rx_cq", module = "mlx5_core")
    final int poll(int budget) {
        if (!enabled() || completions.pending() == 0) {
            return 0;
        }
        memory.write("rq.wq");
        int work = 0;
        while (work < budget && completions.pending() > 0) {
            handleCqe();
            completions.pop();
            work++;
        }
        return work;
    }

    /** Processes the oldest completion. */
    abstract void handleCqe();

    /** Refills what was consumed; true if NAPI should come again at once. */
    abstract boolean postWqes(long now);

    // closing

    /** NAPI stops refilling; the caller waits for a grace period. */
    @KernelFunction(value = "mlx5e_deactivate_rq", module = "mlx5_core")
    void deactivate() {
        memory.write("rq.state");
        enabled = false;
        mdev.synchronizeNet();
    }

    /** The hardware goes first, then the descriptors, then the queue: no DMA can hit a page that is unmapped here. */
    @KernelFunction(value = "mlx5e_close_rq", module = "mlx5_core")
    void close() {
        destroyRq();
        freeRxDescs();
        freeRq();
    }

    @KernelFunction(value = "mlx5e_destroy_rq", module = "mlx5_core")
    private void destroyRq() {
        if (rq.destroy()) {
            mdev.nic().advance(mdev.kernel().clock().now());
            hardware().state(State.DESTROYED);
        }
    }

    @KernelFunction(value = "mlx5e_free_rx_descs", module = "mlx5_core")
    private void freeRxDescs() {
        memory.write("rq.wq");
        int inProgress = freeInProgress();
        int missing = freeMissing();
        int posted = freePosted();
        mdev.kernel().trace().emit(MlxEvents.FREE_RX, rq.number(), inProgress, missing, posted);
    }

    /** WQEs that are on their way to the hardware. */
    abstract int freeInProgress();

    /** WQEs that were consumed and not refilled: their release was deferred. */
    abstract int freeMissing();

    /** WQEs that the hardware had. */
    abstract int freePosted();

    /** The pool's first user goes here; the second, and with it the pool, with the memory model. */
    @KernelFunction(value = "mlx5e_free_rq", module = "mlx5_core")
    private void freeRq() {
        if (pages != null) {
            pages.destroy();
        }
        rq.freeRing();
        if (pages != null) {
            pages.unregister();
            pages = null;
        }
    }

    // what is where

    abstract ReceiveHardware hardware();

    /** WQEs that software has posted and not seen completed. */
    abstract int postedWqes();

    /** 2 multi-packet or 128 single-packet WQEs, at most half the ring. */
    abstract int minRxWqes();

    /** Every page that belongs to a WQE: posted, on its way, or consumed with the release deferred. */
    abstract void forEachPage(PageVisitor visitor);

    /** Is shown a page and the number of its fragments that went to skbs while its WQE has it. */
    @FunctionalInterface
    interface PageVisitor {
        void page(int page, int fragments);
    }

    int rqn() {
        return rq.number();
    }
}
