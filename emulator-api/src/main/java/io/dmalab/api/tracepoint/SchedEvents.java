package io.dmalab.api.tracepoint;

import io.dmalab.api.kernel.EventType;
import java.util.List;

/** Trace points of tasks (include/trace/events/sched.h, v6.4 to v6.16). */
public final class SchedEvents {
    /** {@code group_dead} is true or false: whether this was the last thread of its process. */
    public static final EventType PROCESS_EXIT = EventType.of("sched:sched_process_exit",
            "comm=%s pid=%d prio=%d group_dead=%s", "comm", "pid", "prio", "group_dead")
            .before("6.16", "comm=%s pid=%d prio=%d", "comm", "pid", "prio");

    private SchedEvents() {}

    static List<EventType> all() {
        return List.of(PROCESS_EXIT);
    }
}
