package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Trace;
import io.dmalab.driver.mlx.hardware.ChannelPort;
import io.dmalab.netstack.Napi;

/**
 * A channel (struct mlx5e_channel, en_main.c and en_txrx.c, v6.14): a receive queue, a send queue and the internal control queue served by
 * one NAPI on one CPU. Left out: XDP and PTP queues, more than one traffic class, changes of CPU affinity.
 */
final class Channel {
    private static final long STRUCT_BYTES = 16384;
    /** CPU time of a poll itself and of an interrupt. */
    private static final long POLL_NANOS = 400;
    private static final long INTERRUPT_NANOS = 600;
    private static final int ACK_BYTES = 66;

    private final Mdev mdev;
    private final int index;
    private final int cpu;
    private final KernelObject memory;
    private final Napi napi;
    private final ReceiveQueue rq;
    private final SendQueue sq;
    private final IcoSq icosq;
    private final ChannelPort port;
    private final long packetNanos;
    private final int ackEvery;
    private int unacknowledged;

    Channel(Mdev mdev, RingParams params, RingLayout layout, int index) {
        this.mdev = mdev;
        this.index = index;
        this.cpu = index % mdev.kernel().sched().cpus();
        this.memory = mdev.kernel().memory().kzalloc("mlx5e_channel", STRUCT_BYTES);
        this.napi = mdev.netdevs().napi(mdev.netdev(), cpu, this::poll);
        this.napi.gro(mdev.options().gro());
        this.icosq = new IcoSq(mdev, memory);
        this.rq = ReceiveQueue.of(mdev, layout, this);
        this.sq = new SendQueue(mdev, index, params.channels(), params.logTx(), memory);
        this.port = mdev.nic().port(index, cpu, this::interrupt);
        this.port.attach(rq.hardware(), sq.hardware(), icosq.hardware());
        this.packetNanos = mdev.options().packetCost().nanos();
        this.ackEvery = mdev.options().ackEvery();
    }

    /** @throws MlxException or PagePoolException with what failed; the caller closes the channel */
    @KernelFunction(value = "mlx5e_open_queues", module = "mlx5_core")
    void open() {
        openCq(icosq.cq(), icosq.logCompletions());
        openCq(sq.cq(), sq.logCompletions());
        openCq(rq.cq(), rq.layout.logCompletions());
        icosq.open();
        sq.open();
        rq.open();
        trace("opened");
    }

    @KernelFunction(value = "mlx5e_open_cq", module = "mlx5_core")
    private static void openCq(QueueContext cq, int logEntries) {
        cq.allocRing(logEntries);
        cq.create();
    }

    @KernelFunction(value = "mlx5e_activate_channel", module = "mlx5_core")
    void activate() {
        napi.enable();
        sq.activate();
        icosq.activate();
        rq.activate();
        trace("active");
        // mlx5e_trigger_napi_sched: the first refill, and the arming of the completion queues
        napi.schedule();
    }

    // interrupt and NAPI

    @KernelFunction(value = "mlx5e_completion_event", module = "mlx5_core")
    private void interrupt() {
        mdev.kernel().sched().spend(INTERRUPT_NANOS);
        napi.schedule();
    }

    @KernelFunction(value = "mlx5e_napi_poll", module = "mlx5_core")
    private int poll(int budget) {
        long now = mdev.kernel().clock().now();
        mdev.nic().advance(now);
        boolean busy = sq.poll(now);
        int work = rq.poll(budget);
        pollIcosq(now);
        busy |= rq.postWqes(now);
        acknowledge(work);
        mdev.kernel().sched().spend(POLL_NANOS + work * packetNanos);
        if (busy || work == budget) {
            return budget;
        }
        if (rq.enabled()) {
            // Once the queue is disabled its completions stay where they are: an armed vector would fire for them again and again.
            port.arm();
        }
        return work;
    }

    private void pollIcosq(long now) {
        int done = icosq.poll(now);
        if (done > 0 && rq instanceof StridingRq striding) {
            striding.umrCompleted(done);
        }
    }

    /** A received packet, whole. */
    void receive(int skb) {
        napi.receive(skb);
    }

    /** The receiving side's acknowledgements: short packets that leave through this channel's send queue. */
    private void acknowledge(int received) {
        if (ackEvery == 0) {
            return;
        }
        unacknowledged += received;
        for (; unacknowledged >= ackEvery; unacknowledged -= ackEvery) {
            int skb = mdev.skbs().allocPages(ACK_BYTES, mdev.netdev(), index);
            if (skb >= 0) {
                mdev.netdevs().xmit(mdev.netdev(), skb);
            }
        }
    }

    boolean xmit(int skb) {
        if (!sq.xmit(skb)) {
            return false;
        }
        port.rung();
        return true;
    }

    // closing

    @KernelFunction(value = "mlx5e_deactivate_channel", module = "mlx5_core")
    void deactivate() {
        rq.deactivate();
        icosq.deactivate();
        sq.deactivate();
        napi.disable();
        trace("inactive");
    }

    /** The receive queue first, hardware before memory; what GRO still holds comes back last of all. */
    @KernelFunction(value = "mlx5e_close_channel", module = "mlx5_core")
    void close() {
        port.disarm();
        rq.close();
        sq.close();
        icosq.close();
        closeCq(rq.cq());
        closeCq(sq.cq());
        closeCq(icosq.cq());
        napi.delete();
        mdev.kernel().memory().free(memory);
        trace("closed");
    }

    @KernelFunction(value = "mlx5e_close_cq", module = "mlx5_core")
    private static void closeCq(QueueContext cq) {
        cq.destroy();
        cq.freeRing();
    }

    private void trace(String state) {
        Trace trace = mdev.kernel().trace();
        trace.emit(MlxEvents.CHANNEL, trace.text(mdev.netdev().name()), index, trace.text(state));
    }

    int cpu() {
        return cpu;
    }

    KernelObject memory() {
        return memory;
    }

    Napi napi() {
        return napi;
    }

    ChannelPort port() {
        return port;
    }

    ReceiveQueue rq() {
        return rq;
    }

    SendQueue sq() {
        return sq;
    }

    IcoSq icosq() {
        return icosq;
    }
}
