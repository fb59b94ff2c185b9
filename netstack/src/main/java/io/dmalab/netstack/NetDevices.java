package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.HotplugEvent.NetdevChanged;
import io.dmalab.api.device.HotplugEvent.NetdevChanged.Phase;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.NetDevice.Registration;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The interfaces of the machine (net/core/dev.c, v6.14): registration, up and down, transmission. Left out: addresses, namespaces
 * beyond the first, sysfs.
 */
@MachineScoped
public final class NetDevices {
    private static final int ENODEV = 19;

    private final Kernel kernel;
    private final PagePools pools;
    private final SkBuffs skbs;
    private final Stack stack;
    private final Softnet softnet;
    private final Mutex rtnl;
    private final NetDevice loopback;
    private final NetdevUnregister unregistration;
    private final List<NetDevice> registered = new ArrayList<>();
    private int nextIfindex = 1;

    @Inject
    public NetDevices(Kernel kernel, PagePools pools, SkBuffs skbs, Stack stack, Softnet softnet) {
        this.kernel = kernel;
        this.pools = pools;
        this.skbs = skbs;
        this.stack = stack;
        this.softnet = softnet;
        this.rtnl = new Rtnl(kernel);
        this.unregistration = new NetdevUnregister(kernel, this, pools);
        this.loopback = alloc("lo", null, new Loopback(stack));
        loopback.registration(Registration.REGISTERED);
        loopback.hold();
        loopback.up(true);
        loopback.active(true);
        loopback.carrier(true);
        registered.add(loopback);
    }

    /** The loopback driver (drivers/net/loopback.c): what is sent is received, by way of the backlog. */
    private record Loopback(Stack stack) implements NetdevOps {
        @Override
        public int open() {
            return 0;
        }

        @Override
        public int stop() {
            return 0;
        }

        @Override
        @KernelFunction("loopback_xmit")
        public boolean xmit(int skb, int queue) {
            stack.netifRx(skb);
            return true;
        }
    }

    /** alloc_netdev. @param device null for a virtual interface */
    public NetDevice alloc(String name, Device device, NetdevOps ops) {
        return new NetDevice(kernel, skbs, name, nextIfindex++, device, ops);
    }

    /** free_netdev of an interface that was never registered; after {@link #unregister} it is freed already. */
    @KernelFunction("free_netdev")
    public void free(NetDevice dev) {
        kernel.memory().free(dev.object());
    }

    /** netif_napi_add: disabled until {@link Napi#enable}. */
    public Napi napi(NetDevice dev, int cpu, NapiPoll poll) {
        return new Napi(kernel, softnet, dev, new Gro(kernel, skbs, stack), cpu, poll);
    }

    /**
     * register_netdev: takes RTNL, NETDEV_REGISTER on the netdev chain. Task context.
     *
     * @throws IllegalStateException if the name is taken
     */
    @KernelFunction("register_netdev")
    public void register(NetDevice dev) {
        rtnl.lock();
        if (byName(dev.name()).isPresent()) {
            rtnl.unlock();
            throw new IllegalStateException("interface " + dev.name() + " exists already");
        }
        dev.registration(Registration.REGISTERED);
        dev.hold();
        registered.add(dev);
        notify(Phase.REGISTER, dev);
        rtnl.unlock();
    }

    /** dev_open: takes RTNL. Task context. @return 0 or a negative errno */
    @KernelFunction("dev_open")
    public int open(NetDevice dev) {
        rtnl.lock();
        int result = openLocked(dev);
        rtnl.unlock();
        return result;
    }

    /** dev_open with RTNL held already: for callers that are themselves under it, such as bonding. Task context. */
    public int openLocked(NetDevice dev) {
        if (dev.isUp()) {
            return 0;
        }
        if (!dev.isRegistered() || !dev.ops().present()) {
            return -ENODEV;
        }
        int error = dev.ops().open();
        if (error != 0) {
            return error;
        }
        dev.up(true);
        dev.active(true);
        notify(Phase.UP, dev);
        return 0;
    }

    /** dev_close: takes RTNL. Task context. @return 0 or the negative errno of ndo_stop; the interface is down in any case */
    public int close(NetDevice dev) {
        rtnl.lock();
        int result = closeLocked(dev);
        rtnl.unlock();
        return result;
    }

    /** dev_close with RTNL held already; dev_close_many for one interface. Task context. */
    @KernelFunction("dev_close")
    public int closeLocked(NetDevice dev) {
        if (!dev.isUp()) {
            return 0;
        }
        notify(Phase.GOING_DOWN, dev);
        dev.active(false);
        int result = dev.ops().stop();
        dev.up(false);
        notify(Phase.DOWN, dev);
        stack.event(new HolderEvent.DeviceDown(dev.name()));
        return result;
    }

    /** unregister_netdev and free_netdev: takes RTNL for the first part, then waits for all references to the interface. Task context. */
    public void unregister(NetDevice dev) {
        unregistration.unregister(dev);
    }

    /** The RTNL mutex; none of the calls above may be made with it held. */
    public Mutex rtnl() {
        return rtnl;
    }

    /** Registered interface of that name. */
    public Optional<NetDevice> byName(String name) {
        return registered.stream().filter(dev -> dev.name().equals(name)).findFirst();
    }

    /** Registered interfaces; the first is loopback. */
    public List<NetDevice> all() {
        return List.copyOf(registered);
    }

    /** The namespace's loopback interface. */
    public NetDevice loopback() {
        return loopback;
    }

    /**
     * dev_queue_xmit: a qdisc of 1000 packets per queue, then ndo_start_xmit. Takes over the packet; false if it was dropped. Any
     * context but hard interrupts.
     */
    @KernelFunction("__dev_queue_xmit")
    public boolean xmit(NetDevice dev, int skb) {
        return dev.transmit(skb);
    }

    /** unlist_netdevice. */
    void unlist(NetDevice dev) {
        registered.remove(dev);
    }

    Stack stack() {
        return stack;
    }

    /** call_netdevice_notifiers. */
    @KernelFunction("call_netdevice_notifiers_info")
    void notify(Phase phase, NetDevice dev) {
        kernel.devices().netdevChain().call(new NetdevChanged(phase, dev.device(), dev.name()));
    }
}
