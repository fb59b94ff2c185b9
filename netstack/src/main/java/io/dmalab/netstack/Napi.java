package io.dmalab.netstack;

/** A polling context (struct napi_struct, net/core/dev.c, v6.14). Made by {@link NetDevices#napi}; disabled at first. */
public final class Napi {
    Napi() {}

    /** CPU that its interrupt goes to and that polls it. */
    public int cpu() {
        throw new UnsupportedOperationException();
    }

    public NetDevice dev() {
        throw new UnsupportedOperationException();
    }

    /** napi_schedule: NET_RX on its CPU; false if it was scheduled already or is being disabled. Hard interrupt, softirq or task. */
    public boolean schedule() {
        throw new UnsupportedOperationException();
    }

    /** napi_gro_receive: the packet goes up, now or at the end of the poll. Only from the poll function. */
    public void receive(int skb) {
        throw new UnsupportedOperationException();
    }

    /** GRO of this device's NAPI on or off; on by default. */
    public void gro(boolean on) {
        throw new UnsupportedOperationException();
    }

    /** napi_enable. */
    public void enable() {
        throw new UnsupportedOperationException();
    }

    /** napi_disable: waits for the current poll to end. Task context. */
    public void disable() {
        throw new UnsupportedOperationException();
    }

    /** netif_napi_del: frees what GRO still holds. Disabled, task context. */
    public void delete() {
        throw new UnsupportedOperationException();
    }

    public boolean isScheduled() {
        throw new UnsupportedOperationException();
    }

    public boolean isEnabled() {
        throw new UnsupportedOperationException();
    }

    /** CPU whose poll list it is on; -1 if none. */
    public int listOwner() {
        throw new UnsupportedOperationException();
    }
}
