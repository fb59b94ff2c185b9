package io.dmalab.core.builtin;

import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;

/**
 * Writes every event of every notifier chain into the event stream. Comes first in each chain, so that it sees events which another link
 * stops.
 */
final class TraceNotifier implements HotplugNotifier {
    static final EventType NOTIFIED = EventType.synthetic("dmalab:notifier", "event=%s subject=%s", "event", "subject");

    private final Kernel kernel;

    @Inject
    TraceNotifier(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public Answer notify(HotplugEvent event) {
        switch (event) {
            case HotplugEvent.NodeAttached attached -> trace("ATTACH_NODE", attached.node().path());
            case HotplugEvent.NodeDetached detached -> trace("DETACH_NODE", detached.node().path());
            case HotplugEvent.PropertyChanged changed ->
                trace(changed.change() + "_PROPERTY", changed.node().path() + ":" + changed.property().name());
            case HotplugEvent.MemoryChanged memory -> trace("MEM_" + memory.phase(), "0x" + Long.toHexString(memory.start()));
            case HotplugEvent.DeviceChanged device -> trace("BUS_" + device.phase(), device.device().name());
            case HotplugEvent.NetdevChanged netdev -> trace("NETDEV_" + netdev.phase(), netdev.name());
        }
        return Answer.DONE;
    }

    private void trace(String event, String subject) {
        kernel.trace().emit(NOTIFIED, kernel.trace().text(event), kernel.trace().text(subject));
    }
}
