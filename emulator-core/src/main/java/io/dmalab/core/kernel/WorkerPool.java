package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The workers of one CPU (kernel/workqueue.c, struct worker_pool, v6.14): one runs at a time; when it sleeps with work left, another
 * takes over. Left out: unbound and high-priority pools, rescuers, the end of idle workers.
 */
final class WorkerPool {
    private final SimScheduler sched;
    private final int cpu;
    private final ArrayDeque<SimWork> worklist = new ArrayDeque<>();
    private final ArrayDeque<SimTask> idle = new ArrayDeque<>();
    private final List<SimTask> busy = new ArrayList<>();
    private final int number;
    private int created;

    WorkerPool(SimScheduler sched, int cpu) {
        this.sched = sched;
        this.cpu = cpu;
        this.number = sched.object();
    }

    void insert(SimWork work) {
        sched.touch(number, "worklist", true);
        worklist.add(work);
        kick();
    }

    void remove(SimWork work) {
        sched.touch(number, "worklist", true);
        worklist.remove(work);
    }

    /** Sees to it that somebody awake will look at the list. */
    private void kick() {
        if (next() == null) {
            return;
        }
        for (SimTask worker : busy) {
            if (worker.runnable) {
                return;
            }
        }
        SimTask worker = idle.pollLast();
        if (worker == null) {
            worker = sched.spawn("kworker/" + cpu + ":" + created++, cpu, this::startKernelThread);
            worker.onSleep = this::kick;
        } else {
            sched.wake(worker);
        }
        busy.add(worker);
    }

    @KernelFunction("start_kernel_thread")
    private void startKernelThread() {
        kthread();
    }

    @KernelFunction("kthread")
    private void kthread() {
        workerThread();
    }

    @KernelFunction("worker_thread")
    private void workerThread() {
        SimTask self = sched.current.task;
        try {
            while (true) {
                SimWork work = take();
                if (work == null) {
                    busy.remove(self);
                    idle.add(self);
                    sched.block(self, null, false);
                } else {
                    processOneWork(self, work);
                }
            }
        } finally {
            busy.remove(self);
            kick();
        }
    }

    @KernelFunction("process_one_work")
    private static void processOneWork(SimTask self, SimWork work) {
        self.context.workqueue = work.queueName();
        self.context.function = work.function();
        work.run(self);
        self.context.workqueue = "";
        self.context.function = "";
    }

    private SimWork take() {
        sched.touch(number, "worklist", true);
        SimWork work = next();
        if (work != null) {
            worklist.remove(work);
        }
        return work;
    }

    /** The first item that no other worker runs at this moment; null if there is none. */
    private SimWork next() {
        for (SimWork work : worklist) {
            if (!work.running()) {
                return work;
            }
        }
        return null;
    }
}
