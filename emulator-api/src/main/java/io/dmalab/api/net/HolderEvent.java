package io.dmalab.api.net;

/** Events that clear holders. */
public sealed interface HolderEvent {
    /** dev_close of an interface. */
    record DeviceDown(String netdev) implements HolderEvent {}

    /** unregister_netdevice of an interface. */
    record Unregister(String netdev) implements HolderEvent {}

    /** Not in the kernel: a policy asks those who only wait for more packets to drop what they have from this interface. */
    record Purge(String netdev) implements HolderEvent {}

    /** A process ended, with all its files; empty name: every process. */
    record ProcessExit(String process) implements HolderEvent {}

    /** The network namespace is gone. */
    record NamespaceExit() implements HolderEvent {}

    /** NET_RX ran on that CPU. */
    record NetRxSoftirq(int cpu) implements HolderEvent {}

    record CpuOffline(int cpu) implements HolderEvent {}

    record MemoryPressure() implements HolderEvent {}
}
