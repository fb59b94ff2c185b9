package io.dmalab.netstack;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.KernelObject;

/** An interface (struct net_device, v6.14). Made by {@link NetDevices#alloc}. */
public final class NetDevice {
    NetDevice() {}

    public String name() {
        throw new UnsupportedOperationException();
    }

    /** Number from 1; 1 is loopback. */
    public int ifindex() {
        throw new UnsupportedOperationException();
    }

    /** The parent device; null for loopback and other virtual interfaces. */
    public Device device() {
        throw new UnsupportedOperationException();
    }

    /** The watched struct net_device; freed with the last reference after unregistration. */
    public KernelObject object() {
        throw new UnsupportedOperationException();
    }

    /** IFF_UP. */
    public boolean isUp() {
        throw new UnsupportedOperationException();
    }

    public boolean isRegistered() {
        throw new UnsupportedOperationException();
    }

    /** netdev_hold. */
    public void hold() {
        throw new UnsupportedOperationException();
    }

    /** netdev_put. */
    public void put() {
        throw new UnsupportedOperationException();
    }

    /** References as {@code Usage count} shows them. */
    public int references() {
        throw new UnsupportedOperationException();
    }

    /** The bond it is enslaved to; null if none. */
    public NetDevice master() {
        throw new UnsupportedOperationException();
    }

    /** Sets or clears the master; the slave holds a reference on it. */
    public void master(NetDevice master) {
        throw new UnsupportedOperationException();
    }

    /** netif_carrier_on / netif_carrier_off. */
    public void carrier(boolean on) {
        throw new UnsupportedOperationException();
    }

    public boolean carrierOn() {
        throw new UnsupportedOperationException();
    }

    /** netdev_rx_handler_register; null unregisters. */
    public void rxHandler(ReceiveHandler handler) {
        throw new UnsupportedOperationException();
    }

    /** CPUs that RPS spreads this interface's flows over (rps_cpus); none: packets stay on the CPU that polled them. */
    public void rpsCpus(int... cpus) {
        throw new UnsupportedOperationException();
    }

    /** Traffic is aimed at this interface: true unless a bond has made it passive. */
    public boolean receivesTraffic() {
        throw new UnsupportedOperationException();
    }

    /** Set by bonding at fail-over. */
    public void receivesTraffic(boolean value) {
        throw new UnsupportedOperationException();
    }

    /** Number of transmit queues, 1 unless the driver says more. */
    public int txQueues() {
        throw new UnsupportedOperationException();
    }

    public void txQueues(int count) {
        throw new UnsupportedOperationException();
    }

    /** netif_tx_stop_queue: the driver's ring is full. */
    public void stopQueue(int queue) {
        throw new UnsupportedOperationException();
    }

    /** netif_tx_wake_queue: packets that wait in the qdisc are tried again. */
    public void wakeQueue(int queue) {
        throw new UnsupportedOperationException();
    }
}
