package io.dmalab.netstack;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/** The interfaces of the machine (net/core/dev.c, v6.14): registration, up and down, references, transmission. */
@MachineScoped
public final class NetDevices {
    @Inject
    public NetDevices(Kernel kernel, PagePools pools, SkBuffs skbs, Stack stack) {}

    /** alloc_netdev. @param device null for a virtual interface */
    public NetDevice alloc(String name, Device device, NetdevOps ops) {
        throw new UnsupportedOperationException();
    }

    /** free_netdev of an interface that was never registered; after {@link #unregister} it is freed already. */
    public void free(NetDevice dev) {
        throw new UnsupportedOperationException();
    }

    /** netif_napi_add: disabled until {@link Napi#enable}. */
    public Napi napi(NetDevice dev, int cpu, NapiPoll poll) {
        throw new UnsupportedOperationException();
    }

    /** register_netdev: takes RTNL, NETDEV_REGISTER on the netdev chain. Task context. */
    public void register(NetDevice dev) {
        throw new UnsupportedOperationException();
    }

    /** dev_open: takes RTNL. Task context. @return 0 or a negative errno */
    public int open(NetDevice dev) {
        throw new UnsupportedOperationException();
    }

    /** dev_close: takes RTNL. Task context. @return 0 or the negative errno of ndo_stop; the interface is down in any case */
    public int close(NetDevice dev) {
        throw new UnsupportedOperationException();
    }

    /** unregister_netdev and free_netdev: takes RTNL for the first part, then waits for all references to the interface. Task context. */
    public void unregister(NetDevice dev) {
        throw new UnsupportedOperationException();
    }

    /** The RTNL mutex; none of the calls above may be made with it held. */
    public Mutex rtnl() {
        throw new UnsupportedOperationException();
    }

    /** Registered interface of that name. */
    public Optional<NetDevice> byName(String name) {
        throw new UnsupportedOperationException();
    }

    /** Registered interfaces, in order of ifindex; the first is loopback. */
    public List<NetDevice> all() {
        throw new UnsupportedOperationException();
    }

    /** The namespace's loopback interface. */
    public NetDevice loopback() {
        throw new UnsupportedOperationException();
    }

    /** dev_queue_xmit: a qdisc of 1000 packets per queue, then ndo_start_xmit. Takes over the packet; false if it was dropped. Any context but hard interrupts. */
    public boolean xmit(NetDevice dev, int skb) {
        throw new UnsupportedOperationException();
    }
}
