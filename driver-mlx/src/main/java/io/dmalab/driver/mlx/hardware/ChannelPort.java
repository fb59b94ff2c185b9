package io.dmalab.driver.mlx.hardware;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;

/**
 * The device's side of a channel: its receive queue, its send queues and the interrupt vector they share. An armed vector has at most one
 * event in the queue, at the instant at which moderation lets the interrupt through; while NAPI polls there is none.
 */
public final class ChannelPort {
    private static final long NEVER = Long.MAX_VALUE;

    private final Kernel kernel;
    private final Nic nic;
    private final int index;
    private final int cpu;
    private final Runnable interrupt;
    private final EventTarget event = arg -> fire();
    private ReceiveHardware rq;
    private SendHardware sq;
    private SendHardware icosq;
    private boolean armed;
    private long fireAt = NEVER;
    private long handle;

    ChannelPort(Kernel kernel, Nic nic, int index, int cpu, Runnable interrupt) {
        this.kernel = kernel;
        this.nic = nic;
        this.index = index;
        this.cpu = cpu;
        this.interrupt = interrupt;
    }

    /** The queues that raise this vector. Before the channel is activated. */
    public void attach(ReceiveHardware receive, SendHardware send, SendHardware control) {
        rq = receive;
        sq = send;
        icosq = control;
    }

    int index() {
        return index;
    }

    ReceiveHardware rq() {
        return rq;
    }

    /** mlx5_cq_arm of the channel's completion queues: interrupt at the next completion, after moderation. */
    public void arm() {
        armed = true;
        schedule(nextInterrupt());
    }

    /** Packets reach this port from now on. */
    void steered() {
        if (armed) {
            schedule(nextInterrupt());
        }
    }

    /** A send doorbell was rung: the vector may have to fire earlier than planned. */
    public void rung() {
        if (armed) {
            schedule(Math.min(fireAt, Math.min(sq.interruptAt(), icosq.interruptAt())));
        }
    }

    /** The completion queues are gone: no interrupt will come. */
    public void disarm() {
        armed = false;
        schedule(NEVER);
    }

    private long nextInterrupt() {
        return Math.min(nic.interruptAt(this), Math.min(sq.interruptAt(), icosq.interruptAt()));
    }

    private void schedule(long time) {
        if (time == fireAt) {
            return;
        }
        if (fireAt != NEVER) {
            kernel.sched().cancel(handle);
        }
        fireAt = time;
        if (time != NEVER) {
            handle = kernel.sched().at(Math.max(time, kernel.clock().now()), ContextKind.HARDIRQ, cpu, event, index);
        }
    }

    private void fire() {
        fireAt = NEVER;
        long now = kernel.clock().now();
        nic.advance(now);
        if (rq.completions().pending() > 0 || sq.completions(now) > 0 || icosq.completions(now) > 0) {
            armed = false;
            interrupt.run();
        } else {
            schedule(nextInterrupt());
        }
    }
}
