package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.TimerList;

/** A kernel timer on the wheel's lattice (kernel/time/timer.c); see {@link TimerLattice} for what is left out. */
final class SimTimer implements TimerList, EventTarget {
    private final SimScheduler sched;
    private final String function;
    private final Runnable body;
    private final int number;
    private long event = -1;
    private boolean pending;

    SimTimer(SimScheduler sched, String function, Runnable body) {
        this.sched = sched;
        this.function = function;
        this.body = body;
        this.number = sched.object();
    }

    @Override
    @KernelFunction("mod_timer")
    public void mod(long jiffies) {
        modOn(sched.current.cpu, jiffies);
    }

    void modOn(int cpu, long jiffies) {
        sched.touch(number, "pending", true);
        sched.cancel(event);
        pending = true;
        event = sched.at(sched.lattice().expiry(sched.now(), jiffies), ContextKind.TIMER, cpu, this, 0);
    }

    @Override
    @KernelFunction("timer_delete")
    public boolean delete() {
        sched.touch(number, "pending", true);
        boolean was = pending;
        pending = false;
        sched.cancel(event);
        return was;
    }

    /** Kernel name of what it runs. */
    String function() {
        return function;
    }

    @Override
    public boolean pending() {
        sched.touch(number, "pending", false);
        return pending;
    }

    @Override
    @KernelFunction("call_timer_fn")
    public void fire(long arg) {
        sched.touch(number, "pending", true);
        pending = false;
        sched.current.function = function;
        body.run();
    }
}
