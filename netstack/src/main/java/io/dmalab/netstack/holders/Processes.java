package io.dmalab.netstack.holders;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The user processes that holders stand for, in order of creation. */
@MachineScoped
public final class Processes {
    private final Kernel kernel;
    private final InstanceStreams streams;
    private final List<Process> all = new ArrayList<>();

    @Inject
    public Processes(Kernel kernel, InstanceStreams streams) {
        this.kernel = kernel;
        this.streams = streams;
    }

    /**
     * Starts a process.
     *
     * @param cpu where it runs; empty: each process has a CPU of its own as far as there are enough, counted from the last but one down,
     *            away from the first ones, which take the interrupts
     * @throws IllegalArgumentException if the machine has no such CPU
     */
    Process start(String comm, Optional<Integer> cpu, HoldTime delay, Process.Files files) {
        int cpus = kernel.sched().cpus();
        cpu.filter(c -> c < 0 || c >= cpus).ifPresent(c -> {
            throw new IllegalArgumentException("cpu " + c + " of a machine with " + cpus);
        });
        int chosen = cpu.orElseGet(() -> Math.floorMod(cpus - 2 - all.size(), cpus));
        Process process = new Process(kernel, comm, chosen, delay, streams.next("process " + comm), files);
        all.add(process);
        return process;
    }

    /** Processes that {@code name} means ({@link Process#matches}), exited ones left out. */
    public List<Process> named(String name) {
        return all.stream().filter(p -> !p.isExiting() && p.matches(name)).toList();
    }

    /** Names of all processes, for messages. */
    public List<String> names() {
        return all.stream().filter(p -> !p.isExiting()).map(Process::toString).toList();
    }
}
