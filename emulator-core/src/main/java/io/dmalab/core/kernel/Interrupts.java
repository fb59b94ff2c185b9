package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.KernelOops;

/**
 * The interrupt side of each CPU (kernel/softirq.c, kernel/time/timer.c, v6.14): hard interrupts, timers and softirqs run to completion. Left
 * out: nesting, ksoftirqd, and the time that they take from a CPU's tasks.
 */
final class Interrupts {
    private final SimScheduler sched;
    private final Context[] contexts;
    /** When the CPU's last one began. */
    private final long[] stamps;

    Interrupts(SimScheduler sched, int cpus) {
        this.sched = sched;
        this.contexts = new Context[cpus];
        this.stamps = new long[cpus];
        for (int cpu = 0; cpu < cpus; cpu++) {
            contexts[cpu] = new Context(null, ContextKind.SOFTIRQ, cpu);
        }
    }

    int cpus() {
        return contexts.length;
    }

    Context context(int cpu) {
        return contexts[cpu];
    }

    void run(int cpu, ContextKind kind, EventTarget target, long arg) {
        Context context = contexts[cpu];
        catchUp(context, cpu);
        context.kind = kind;
        sched.current = context;
        try {
            switch (kind) {
                case SOFTIRQ -> softirq(target, arg);
                case TIMER -> timer(target, arg);
                default -> target.fire(arg);
            }
        } catch (KernelOops oops) {
            throw oops;
        } catch (RuntimeException | Error e) {
            throw new ModelFailure(context.where(), sched.now(), e);
        } finally {
            context.function = "";
            sched.nobodyRuns();
        }
    }

    @KernelFunction("handle_softirqs")
    private static void softirq(EventTarget target, long arg) {
        target.fire(arg);
    }

    @KernelFunction("run_timer_softirq")
    private static void timer(EventTarget target, long arg) {
        target.fire(arg);
    }

    /** CPU time spent in earlier interrupts is worked off by the time that has passed since. */
    private void catchUp(Context context, int cpu) {
        long now = sched.now();
        long passed = now - stamps[cpu];
        stamps[cpu] = now;
        if (context.debt != 0) {
            context.debt = Math.max(0, context.debt - passed);
            context.taken = Math.min(context.taken, context.debt);
        }
    }
}
