package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;

/** An interface (struct net_device, v6.14). Made by {@link NetDevices#alloc}. */
public final class NetDevice {
    /** NETREG_*. */
    enum Registration { UNINITIALIZED, REGISTERED, UNREGISTERING, UNREGISTERED }

    private static final int STRUCT_BYTES = 2560;

    private final Kernel kernel;
    private final SkBuffs skbs;
    private final String name;
    private final long nameText;
    private final int ifindex;
    private final Device device;
    private final NetdevOps ops;
    private final KernelObject object;
    private Qdisc[] queues;
    private Registration registration = Registration.UNINITIALIZED;
    /** As netdev_refcnt_read: 1 when nobody but its owner has it. */
    private int references = 1;
    private boolean up;
    private boolean active;
    private boolean carrier;
    private boolean receivesTraffic = true;
    private NetDevice master;
    private ReceiveHandler rxHandler;
    private int[] rps;

    NetDevice(Kernel kernel, SkBuffs skbs, String name, int ifindex, Device device, NetdevOps ops) {
        this.kernel = kernel;
        this.skbs = skbs;
        this.name = name;
        this.nameText = kernel.trace().text(name);
        this.ifindex = ifindex;
        this.device = device;
        this.ops = ops;
        this.object = kernel.memory().kzalloc("net_device", STRUCT_BYTES);
        txQueues(1);
    }

    public String name() {
        return name;
    }

    /** Its name in trace events. */
    long nameText() {
        return nameText;
    }

    /** Number from 1; 1 is loopback. */
    public int ifindex() {
        return ifindex;
    }

    /** The parent device; null for loopback and other virtual interfaces. */
    public Device device() {
        return device;
    }

    NetdevOps ops() {
        return ops;
    }

    /** The watched struct net_device; freed with the last reference after unregistration. */
    public KernelObject object() {
        return object;
    }

    /** IFF_UP. */
    public boolean isUp() {
        return up;
    }

    void up(boolean value) {
        object.write("flags");
        up = value;
    }

    /** dev_activate and dev_deactivate: whether there is a qdisc to transmit through. Deactivating frees what waits in it. */
    void active(boolean value) {
        object.write("state");
        active = value;
        if (!value) {
            for (Qdisc queue : queues) {
                queue.purge();
            }
        }
    }

    public boolean isRegistered() {
        return registration == Registration.REGISTERED;
    }

    boolean isUnregistering() {
        object.read("reg_state");
        return registration == Registration.UNREGISTERING;
    }

    Registration registration() {
        return registration;
    }

    void registration(Registration value) {
        object.write("reg_state");
        registration = value;
    }

    /** netdev_hold. */
    public void hold() {
        object.write("refcnt");
        references++;
    }

    /** netdev_put. */
    public void put() {
        object.write("refcnt");
        references--;
    }

    /** References as {@code Usage count} shows them: 1 when only the owner is left. */
    public int references() {
        object.read("refcnt");
        return references;
    }

    /** The bond it is enslaved to; null if none. */
    public NetDevice master() {
        return master;
    }

    /**
     * netdev_upper_dev_link and unlink: sets the master or, with null, clears it; each holds a reference on the other. Task context,
     * RTNL held.
     */
    public void master(NetDevice newMaster) {
        if (master != null) {
            master.put();
            put();
        }
        master = newMaster;
        if (master != null) {
            master.hold();
            hold();
        }
    }

    /** netif_carrier_on / netif_carrier_off. */
    public void carrier(boolean on) {
        object.write("state");
        carrier = on;
    }

    public boolean carrierOn() {
        object.read("state");
        return carrier;
    }

    /** netdev_rx_handler_register; null unregisters. */
    public void rxHandler(ReceiveHandler handler) {
        object.write("rx_handler");
        rxHandler = handler;
    }

    ReceiveHandler rxHandler() {
        object.read("rx_handler");
        return rxHandler;
    }

    /** CPUs that RPS spreads this interface's flows over (rps_cpus); none: packets stay on the CPU that polled them. */
    public void rpsCpus(int... cpus) {
        rps = cpus.length == 0 ? null : cpus.clone();
    }

    int[] rps() {
        return rps;
    }

    /** Traffic is aimed at this interface: true unless a bond has made it passive. */
    public boolean receivesTraffic() {
        return receivesTraffic;
    }

    /** Set by bonding at fail-over. */
    public void receivesTraffic(boolean value) {
        receivesTraffic = value;
    }

    /** Number of transmit queues, 1 unless the driver says more. */
    public int txQueues() {
        return queues.length;
    }

    /** Before the interface is registered. */
    public void txQueues(int count) {
        queues = new Qdisc[count];
        for (int i = 0; i < count; i++) {
            queues[i] = new Qdisc(kernel, skbs, this, i);
        }
    }

    /** Packets that wait in a queue's qdisc. */
    public int queued(int queue) {
        return queues[queue].length();
    }

    /** netif_tx_stop_queue: the driver's ring is full. */
    public void stopQueue(int queue) {
        object.write("_tx", queue);
        queues[queue].stop();
    }

    /** netif_tx_wake_queue: packets that wait in the qdisc are tried again. */
    @KernelFunction("netif_tx_wake_queue")
    public void wakeQueue(int queue) {
        object.write("_tx", queue);
        queues[queue].wake();
    }

    /** __dev_queue_xmit. */
    boolean transmit(int skb) {
        object.read("state");
        Qdisc queue = queues[Math.floorMod(skbs.flow(skb), queues.length)];
        if (!active || !carrier) {
            queue.drop(skb, "DEV_READY");
            return false;
        }
        return queue.enqueue(skb);
    }

    /** netdev_name and netdev_reg_state, as netdev_printk puts them before a message. */
    String logName() {
        String parent = device == null ? "" : device.driverName() + " " + device.name() + " ";
        String state = switch (registration) {
            case UNINITIALIZED -> " (uninitialized)";
            case REGISTERED -> "";
            case UNREGISTERING -> " (unregistering)";
            case UNREGISTERED -> " (unregistered)";
        };
        return parent + name + state;
    }
}
