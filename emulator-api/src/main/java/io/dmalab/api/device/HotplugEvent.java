package io.dmalab.api.device;

/** What a hotplug notifier is told. */
public sealed interface HotplugEvent {
    /** OF_RECONFIG_ATTACH_NODE. */
    record NodeAttached(DeviceNode node) implements HotplugEvent {}

    /** OF_RECONFIG_DETACH_NODE: the node is unlinked already, its properties are still readable. */
    record NodeDetached(DeviceNode node) implements HotplugEvent {}

    /** OF_RECONFIG_ADD_PROPERTY, REMOVE_PROPERTY or UPDATE_PROPERTY. */
    record PropertyChanged(DeviceNode node, Change change, Property property) implements HotplugEvent {
        public enum Change { ADD, REMOVE, UPDATE }
    }

    /** Memory hotplug: {@code [start, start + bytes)} physical. */
    record MemoryChanged(Phase phase, long start, long bytes) implements HotplugEvent {
        public enum Phase { GOING_ONLINE, CANCEL_ONLINE, ONLINE, GOING_OFFLINE, OFFLINE }
    }

    /** Bus notifications of a device's life. */
    record DeviceChanged(Phase phase, Device device) implements HotplugEvent {
        public enum Phase { ADDED, BOUND, UNBIND, UNBOUND, DELETE, REMOVED }
    }

    /** Network device notifications; {@code name} is the interface's. */
    record NetdevChanged(Phase phase, Device device, String name) implements HotplugEvent {
        public enum Phase { REGISTER, UP, GOING_DOWN, DOWN, UNREGISTER, UNREGISTER_AGAIN }
    }
}
