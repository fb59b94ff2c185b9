package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.core.fiber.Fibers;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * All live tasks, and khungtaskd (kernel/hung_task.c, v6.14): every 120 s it looks at tasks in an uninterruptible wait; one that has not
 * been switched between two looks is reported, so 120 to 240 s after it blocked. It looks only while there is somebody to look at, so
 * that a machine can come to rest. Left out: the limit of ten reports, and panicking.
 */
final class Tasks implements EventTarget {
    private static final long CHECK_NANOS = KernelConfig.HUNG_TASK_NANOS;
    /** Pids below are those of boot. */
    private static final int FIRST_PID = 1001;

    private final SimScheduler sched;
    private final Fibers fibers;
    private final Map<Integer, SimTask> live = new LinkedHashMap<>();
    private final Map<SimTask, Long> seen = new LinkedHashMap<>();
    private final Set<SimTask> reported = new LinkedHashSet<>();
    private final Removers removers;
    private Complaints complaints;
    private int nextPid = FIRST_PID;
    private int waiting;
    private boolean armed;
    private long look = -1;

    Tasks(SimScheduler sched, Fibers fibers) {
        this.sched = sched;
        this.fibers = fibers;
        this.removers = new Removers(sched);
    }

    void complaints(Complaints value) {
        complaints = value;
    }

    Removers removers() {
        return removers;
    }

    /** A task that will do this when it is given the CPU for the first time. */
    SimTask create(String comm, int cpu, Runnable body) {
        SimTask task = new SimTask(sched, nextPid++, comm, cpu);
        task.fiber = fibers.fiber(task.toString(), () -> run(task, body));
        live.put(task.pid(), task);
        return task;
    }

    /** An oops kills the task that runs into it, with whatever locks it holds. */
    private void run(SimTask task, Runnable body) {
        try {
            body.run();
        } catch (KernelOops oops) {
            complaints.taskDied(task);
        }
        live.remove(task.pid());
        seen.remove(task);
        reported.remove(task);
        task.ended();
    }

    /** A task begins an uninterruptible wait. */
    void blocked(SimTask task) {
        task.blockedSince = sched.now();
        waiting++;
        arm();
    }

    /** Its wait has ended. */
    void unblocked(SimTask task) {
        removers.waited(task);
        if (--waiting == 0 && armed) {
            sched.cancel(look);
            armed = false;
        }
    }

    private void arm() {
        // an exploring run has no long time to look at: who waits for ever is found when nothing is left to happen
        if (!armed && sched.controller == null) {
            armed = true;
            look = sched.at((sched.now() / CHECK_NANOS + 1) * CHECK_NANOS, ContextKind.TIMER, 0, this, 0);
        }
    }

    /** One look of khungtaskd. */
    @Override
    public void fire(long arg) {
        armed = false;
        boolean again = false;
        for (SimTask task : live.values()) {
            if (!task.uninterruptible) {
                seen.remove(task);
                continue;
            }
            removers.look(task);
            Long switches = seen.put(task, task.switches);
            if (switches != null && switches == task.switches && reported.add(task)) {
                complaints.hungTask(task, CHECK_NANOS / 1_000_000_000L);
                removers.hung(task);
            }
            again |= !reported.contains(task);
        }
        if (again) {
            arm();
        }
    }
}
