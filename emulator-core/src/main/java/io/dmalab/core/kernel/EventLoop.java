package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.core.time.EventQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/** The loop of an ordinary run: delivers events in their order until none is left or a limit is reached, and shows other threads that it goes on. */
final class EventLoop {
    /** Events before the limit in which is noted who schedules what. */
    private static final int LAST_EVENTS = 256;
    private static final ContextKind[] KINDS = ContextKind.values();
    private static final VarHandle BEATS = beatsHandle();

    private final EventQueue queue;
    private final SimScheduler sched;
    private final Interrupts interrupts;
    private Runnable afterEvent;
    private long events;
    /** From this event on {@link #lastScheduled} is filled. */
    private long notesFrom = Long.MAX_VALUE;
    private final List<StackTraceElement[]> lastScheduled = new ArrayList<>();
    /** Events and switches: for other threads, which see by it that the machine goes on. */
    private long beats;

    EventLoop(EventQueue queue, SimScheduler sched, Interrupts interrupts) {
        this.queue = queue;
        this.sched = sched;
        this.interrupts = interrupts;
    }

    /** Runs {@code check} after every event. */
    void afterEvent(Runnable check) {
        afterEvent = check;
    }

    StopReason run(long timeLimit, long eventLimit, Complaints complaints) {
        notesFrom = eventLimit - LAST_EVENTS;
        while (queue.poll()) {
            beat();
            if (queue.now() > timeLimit) {
                return StopReason.TIME_LIMIT;
            }
            if (events++ >= eventLimit) {
                return StopReason.EVENT_LIMIT;
            }
            int word = queue.ctx();
            try {
                if (queue.target() instanceof SimTask task) {
                    sched.resume(task);
                } else {
                    interrupts.run(word >> 2, KINDS[word & 3], (EventTarget) queue.target(), queue.arg());
                }
            } catch (KernelOops oops) {
                complaints.panic();
                return StopReason.PANIC;
            }
            if (afterEvent != null) {
                afterEvent.run();
            }
        }
        return StopReason.IDLE;
    }

    /** Events delivered so far. */
    long events() {
        return events;
    }

    /** Near the limit only, where a loop of events is likely: whoever schedules is what goes round. */
    void noteWhoSchedules() {
        if (events >= notesFrom && lastScheduled.size() < LAST_EVENTS) {
            lastScheduled.add(new Throwable().getStackTrace());
        }
    }

    List<StackTraceElement[]> lastScheduled() {
        return List.copyOf(lastScheduled);
    }

    private static VarHandle beatsHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(EventLoop.class, "beats", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    void beat() {
        BEATS.setOpaque(this, beats + 1);
    }

    long beats() {
        return (long) BEATS.getOpaque(this);
    }
}
