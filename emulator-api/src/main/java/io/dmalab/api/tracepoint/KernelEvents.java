package io.dmalab.api.tracepoint;

import io.dmalab.api.kernel.EventType;
import java.util.ArrayList;
import java.util.List;

/** Every trace point of the kernel that is declared in this package. */
public final class KernelEvents {
    private KernelEvents() {}

    /** In order of subsystem. */
    public static List<EventType> all() {
        List<EventType> all = new ArrayList<>(DmaEvents.all());
        all.addAll(IommuEvents.all());
        all.addAll(NetEvents.all());
        all.addAll(PagePoolEvents.all());
        all.addAll(PowerpcEvents.all());
        all.addAll(SchedEvents.all());
        return List.copyOf(all);
    }
}
