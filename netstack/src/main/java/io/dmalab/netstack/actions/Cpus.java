package io.dmalab.netstack.actions;

import io.dmalab.api.kernel.Kernel;

/** CPU numbers that a user gave. */
final class Cpus {
    private Cpus() {}

    /** @throws IllegalArgumentException if the machine has no such CPU */
    static void require(Kernel kernel, int cpu) {
        int cpus = kernel.sched().cpus();
        if (cpu < 0 || cpu >= cpus) {
            throw new IllegalArgumentException("cpu " + cpu + " of a machine with " + cpus + "; use 0 to " + (cpus - 1));
        }
    }
}
