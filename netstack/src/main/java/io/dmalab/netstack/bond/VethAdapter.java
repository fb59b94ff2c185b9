package io.dmalab.netstack.bond;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Workload;
import io.dmalab.netstack.Napi;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.NetdevOps;
import io.dmalab.netstack.SkBuffs;
import java.util.Optional;

/**
 * One virtual Ethernet adapter (struct ibmveth_adapter, drivers/net/ethernet/ibm/ibmveth.c, v6.14), with the hypervisor's side of it:
 * packets of the device's workload arrive while the interface is up, unless a bond keeps it passive; then they go elsewhere.
 */
final class VethAdapter implements NetdevOps, EventTarget {
    private static final long NEVER = Long.MAX_VALUE;
    /** How often a passive port looks whether the network sends to it now: what the switches need to learn of a fail-over. */
    private static final long PASSIVE_CHECK_NANOS = 10_000_000;

    private final Kernel kernel;
    private final SkBuffs skbs;
    private final Optional<Workload> workload;
    private final long interruptDelay;
    private final NetDevice netdev;
    private final Napi napi;
    private long arrival = NEVER;
    private boolean started;
    private boolean open;
    private boolean signals;
    private boolean passive;
    private long interrupt = -1;

    VethAdapter(Kernel kernel, NetDevices netdevs, SkBuffs skbs, Device device, int cpu, long interruptDelay) {
        this.kernel = kernel;
        this.skbs = skbs;
        this.workload = device.workload();
        this.interruptDelay = interruptDelay;
        this.netdev = netdevs.alloc(device.alias(), device, this);
        this.napi = netdevs.napi(netdev, cpu, this::poll);
    }

    NetDevice netdev() {
        return netdev;
    }

    /** The part of free_netdev that is the adapter's. The interface is unregistered. */
    void free() {
        napi.delete();
    }

    @Override
    @KernelFunction(value = "ibmveth_open", module = "ibmveth")
    public int open() {
        if (!started) {
            started = true;
            workload.ifPresent(w -> w.start(kernel.clock().now()));
            arrival = workload.map(Workload::next).orElse(NEVER);
        }
        napi.enable();
        open = true;
        netdev.carrier(true);
        enableSignals();
        return 0;
    }

    @Override
    @KernelFunction(value = "ibmveth_close", module = "ibmveth")
    public int stop() {
        open = false;
        signals = false;
        kernel.sched().cancel(interrupt);
        napi.disable();
        netdev.carrier(false);
        return 0;
    }

    /** The data is copied into the hypervisor's send buffer: the packet is free at once. */
    @Override
    @KernelFunction(value = "ibmveth_start_xmit", module = "ibmveth")
    public boolean xmit(int skb, int queue) {
        skbs.release(skb);
        return true;
    }

    /** H_VIO_SIGNAL: the next packet interrupts. */
    private void enableSignals() {
        signals = true;
        passive = !netdev.receivesTraffic();
        long now = kernel.clock().now();
        if (passive) {
            passBy(now);
        }
        if (arrival == NEVER) {
            return;
        }
        long time = passive ? now + PASSIVE_CHECK_NANOS : arrival + interruptDelay;
        interrupt = kernel.sched().at(Math.max(time, now), ContextKind.HARDIRQ, napi.cpu(), this, 0);
    }

    /** Packets that arrived elsewhere. */
    private void passBy(long now) {
        while (arrival <= now) {
            arrival = workload.orElseThrow().next();
        }
    }

    @Override
    public void fire(long arg) {
        if (!signals) {
            return;
        }
        if (passive) {
            // what has come since the last look went to the other slave, or was lost while the network learnt of the fail-over
            passBy(kernel.clock().now());
            enableSignals();
        } else {
            interrupt();
        }
    }

    @KernelFunction(value = "ibmveth_interrupt", module = "ibmveth")
    private void interrupt() {
        signals = false;
        napi.schedule();
    }

    @KernelFunction(value = "ibmveth_poll", module = "ibmveth")
    private int poll(int budget) {
        if (!open) {
            return 0;
        }
        long now = kernel.clock().now();
        int work = 0;
        while (work < budget && arrival <= now) {
            Workload source = workload.orElseThrow();
            if (netdev.receivesTraffic()) {
                napi.receive(skbs.allocCopy(source.bytes(), netdev, source.flow()));
                work++;
            }
            arrival = source.next();
        }
        if (work < budget) {
            enableSignals();
        }
        return work;
    }
}
