package io.dmalab.core.kernel;

import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Names;

/** Who has a CPU to itself in an exploring run: an interrupt until it ends, a task as long as it holds a spin lock. */
final class CpuOwners {
    private final Names names;
    private final StepAtHand atHand;
    /** Per CPU: an interrupt that has begun and not ended; a task that holds a spin lock. */
    private final Controlled[] interrupt;
    private final Controlled[] spinner;
    private final int[] places;

    CpuOwners(Names names, StepAtHand atHand, int cpus) {
        this.names = names;
        this.atHand = atHand;
        this.interrupt = new Controlled[cpus];
        this.spinner = new Controlled[cpus];
        this.places = new int[cpus];
    }

    void explores() {
        for (int cpu = 0; cpu < places.length; cpu++) {
            places[cpu] = names.cpu(cpu);
        }
    }

    /** The CPU as a place that contexts touch. */
    int place(int cpu) {
        return places[cpu];
    }

    boolean mayRun(Controlled context) {
        return (interrupt[context.cpu] == null || interrupt[context.cpu] == context)
                && (spinner[context.cpu] == null || spinner[context.cpu] == context);
    }

    /** The context has stopped: it takes or gives back the CPU, which others on it must wait for. */
    void stopped(Controlled context) {
        int cpu = context.cpu;
        boolean alone = context.task == null ? !context.fiber.isDone() : context.task.context.topSpin() != null;
        Controlled[] owners = context.task == null ? interrupt : spinner;
        boolean was = owners[cpu] == context;
        if (alone && !was) {
            owners[cpu] = context;
            atHand.touch(places[cpu], AccessKind.ACQUIRE);
        } else if (!alone && was) {
            owners[cpu] = null;
            atHand.touch(places[cpu], AccessKind.RELEASE);
        } else {
            atHand.touch(places[cpu], AccessKind.READ);
        }
    }
}
