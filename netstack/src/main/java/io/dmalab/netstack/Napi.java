package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.tracepoint.NetEvents;

/**
 * A polling context (struct napi_struct, net/core/dev.c, v6.14). Made by {@link NetDevices#napi}; disabled at first. Left out: busy
 * polling, threaded mode, interrupt deferral (gro_flush_timeout).
 */
public final class Napi {
    /** NAPI_POLL_WEIGHT. */
    public static final int WEIGHT = 64;
    private static final int STRUCT_BYTES = 512;
    /** usleep_range(20, 200). */
    private static final long DISABLE_POLL_NANOS = 100_000;

    private final Kernel kernel;
    private final Softnet softnet;
    private final NetDevice dev;
    private final Gro gro;
    private final int cpu;
    private final NapiPoll poll;
    private final KernelObject object;
    private final boolean flushOldOnly;
    private final long deviceName;
    private boolean groOn = true;

    // NAPI_STATE_*
    private boolean sched = true;
    private boolean npsvc = true;
    private boolean missed;
    private boolean disable;
    private int listOwner = -1;

    Napi(Kernel kernel, Softnet softnet, NetDevice dev, Gro gro, int cpu, NapiPoll poll) {
        this.kernel = kernel;
        this.softnet = softnet;
        this.dev = dev;
        this.gro = gro;
        this.cpu = cpu;
        this.poll = poll;
        this.flushOldOnly = kernel.clock().hz() >= 1000;
        this.deviceName = kernel.trace().text(dev == null ? "(no_device)" : dev.name());
        this.object = kernel.memory().kzalloc("napi_struct", STRUCT_BYTES);
    }

    /** CPU that its interrupt goes to and that polls it. */
    public int cpu() {
        return cpu;
    }

    /** Null for a CPU's backlog. */
    public NetDevice dev() {
        return dev;
    }

    /** The watched struct napi_struct; freed by {@link #delete}. */
    public KernelObject object() {
        return object;
    }

    /** napi_schedule: NET_RX on its CPU; false if it was scheduled already or is being disabled. Hard interrupt, softirq or task. */
    @KernelFunction("napi_schedule")
    public boolean schedule() {
        object.write("state");
        if (disable) {
            return false;
        }
        if (sched) {
            missed = true;
            return false;
        }
        sched = true;
        enlist();
        return true;
    }

    private void enlist() {
        object.write("list_owner");
        listOwner = cpu;
        softnet.schedule(this);
    }

    /** __napi_poll: one round of at most 64; afterwards it is complete or at the end of the poll list. Work done. */
    @KernelFunction("__napi_poll")
    int poll() {
        object.read("state");
        int work = poll.poll(WEIGHT);
        kernel.trace().emit(NetEvents.NAPI_POLL, object.address(), deviceName, work, WEIGHT);
        if (work < WEIGHT || disable) {
            complete();
            return work;
        }
        if (gro != null) {
            gro.flush(flushOldOnly);
        }
        softnet.repoll(this);
        return work;
    }

    /** napi_complete_done. What GRO holds goes up while this CPU still owns the pool's cache. */
    @KernelFunction("napi_complete_done")
    private void complete() {
        if (gro != null) {
            gro.flush(false);
        }
        object.write("list_owner");
        listOwner = -1;
        object.write("state");
        sched = missed && !disable;
        missed = false;
        if (sched) {
            enlist();
        }
    }

    /** napi_gro_receive: the packet goes up, now or at the end of the poll. Only from the poll function. */
    @KernelFunction("napi_gro_receive")
    public void receive(int skb) {
        if (groOn) {
            gro.receive(skb);
        } else {
            gro.pass(skb);
        }
    }

    /** GRO of this NAPI on or off; on by default. */
    public void gro(boolean on) {
        groOn = on;
    }

    /** napi_enable. */
    @KernelFunction("napi_enable")
    public void enable() {
        object.write("state");
        sched = false;
        npsvc = false;
    }

    /** napi_disable: waits for the current poll to end. Task context. */
    @KernelFunction("napi_disable")
    public void disable() {
        object.write("state");
        disable = true;
        while (sched || npsvc) {
            kernel.sched().sleepNanos(DISABLE_POLL_NANOS);
            object.read("state");
        }
        sched = true;
        npsvc = true;
        disable = false;
    }

    /** netif_napi_del: frees what GRO still holds. Disabled, task context. */
    @KernelFunction("netif_napi_del")
    public void delete() {
        object.write("state");
        if (isEnabled()) {
            kernel.printk().warnOn("__netif_napi_del", "");
        }
        if (gro != null) {
            gro.drop();
        }
        kernel.memory().free(object);
    }

    /** It is on a poll list or being polled. */
    public boolean isScheduled() {
        return listOwner != -1;
    }

    public boolean isEnabled() {
        return !npsvc;
    }

    /** CPU whose poll list it is on; -1 if none. */
    public int listOwner() {
        object.read("list_owner");
        return listOwner;
    }
}
