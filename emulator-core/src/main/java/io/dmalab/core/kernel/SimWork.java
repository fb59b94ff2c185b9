package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A work item with its delay timer (struct delayed_work). Never runs on two workers at once. */
final class SimWork implements Work, WaitTarget {
    private final Workqueues queues;
    private final SimScheduler sched;
    private final String queue;
    private final String function;
    private final Runnable body;
    private final SimTimer timer;
    private final List<SimTask> flushers = new ArrayList<>();
    private final int number;
    private WorkerPool queuedOn;
    private int cpu;
    private boolean pending;
    private SimTask runner;

    SimWork(Workqueues queues, SimScheduler sched, String queue, String function, Runnable body) {
        this.queues = queues;
        this.sched = sched;
        this.queue = queue;
        this.function = function;
        this.body = body;
        this.number = sched.object();
        this.timer = new SimTimer(sched, "delayed_work_timer_fn", this::insert);
    }

    @Override
    public String function() {
        return function;
    }

    String queueName() {
        return queue;
    }

    boolean running() {
        return runner != null;
    }

    @Override
    @KernelFunction("queue_work_on")
    public boolean queue(int onCpu) {
        sched.touch(number, "pending", true);
        if (pending) {
            return false;
        }
        pending = true;
        cpu = onCpu;
        insert();
        return true;
    }

    @Override
    @KernelFunction("queue_delayed_work_on")
    public boolean queueDelayed(int onCpu, long jiffies) {
        if (jiffies == 0) {
            return queue(onCpu);
        }
        sched.touch(number, "pending", true);
        if (pending) {
            return false;
        }
        pending = true;
        cpu = onCpu;
        timer.modOn(onCpu, jiffies);
        return true;
    }

    private void insert() {
        queuedOn = queues.pool(cpu);
        queuedOn.insert(this);
    }

    /** A worker has taken it off the list and runs it now. */
    void run(SimTask worker) {
        sched.touch(number, "pending", true);
        pending = false;
        queuedOn = null;
        runner = worker;
        try {
            body.run();
        } finally {
            sched.touch(number, "pending", true);
            runner = null;
            flushers.forEach(sched::wake);
            flushers.clear();
        }
    }

    @Override
    public boolean pending() {
        sched.touch(number, "pending", false);
        return pending;
    }

    @Override
    @KernelFunction("cancel_delayed_work_sync")
    public boolean cancelSync() {
        sched.touch(number, "pending", true);
        boolean was = pending;
        pending = false;
        timer.delete();
        if (queuedOn != null) {
            queuedOn.remove(this);
            queuedOn = null;
        }
        while (runner != null) {
            SimTask task = sched.sleepingCaller("cancel_work_sync");
            flushers.add(task);
            sched.block(task, this, true);
        }
        return was;
    }

    @Override
    public String describe() {
        return "work " + function;
    }

    @Override
    public void blockers(SimTask waiter, Consumer<SimTask> sink) {
        if (runner != null) {
            sink.accept(runner);
        }
    }
}
