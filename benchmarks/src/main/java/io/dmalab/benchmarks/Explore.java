package io.dmalab.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Executions and steps of an exploration per second of CPU time, whole machines, under a policy that mostly survives them. Every execution boots a machine of its own.
 *
 * <pre>{@code java ... io.dmalab.benchmarks.Explore [EXECUTIONS [WORLD,... [STRATEGY,...]]]}</pre>
 *
 * EXECUTIONS of each strategy that draws, 20000, after twice as many in which the compiler does its work.
 */
public final class Explore {
    private static final String POLICY = "unmap-at-destroy";

    private final Emulator emulator = Emulator.load();
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final long executions;

    private Explore(long executions) {
        this.executions = executions;
    }

    public static void main(String[] args) {
        Explore bench = new Explore(args.length > 0 ? Long.parseLong(args[0]) : 20_000);
        List<String> worlds = List.of((args.length > 1 ? args[1] : "seed-race,two-users,ring-producer-against-pool-free").split(","));
        List<String> strategies = List.of((args.length > 2 ? args[2] : "random,pct,pos").split(","));
        bench.explore(worlds.getFirst(), Plan.Kind.RANDOM, 2 * bench.executions);
        for (String world : worlds) {
            for (String strategy : strategies) {
                bench.measure(world, Plan.Kind.valueOf(strategy.toUpperCase(Locale.ROOT)));
            }
        }
    }

    private Exploration explore(String world, Plan.Kind strategy, long most) {
        RunRequest request = emulator.request(world).withPolicy(POLICY);
        return emulator.explore(request, new Plan(strategy, 2, most, Duration.ofHours(1), 10_000, true, 1, true), Explorer.Watch.NONE);
    }

    private void measure(String world, Plan.Kind strategy) {
        explore(world, strategy, executions / 10);
        long cpu = system.getProcessCpuTime();
        long wall = System.nanoTime();
        Exploration result = explore(world, strategy, executions);
        double seconds = (system.getProcessCpuTime() - cpu) / 1e9;
        System.out.printf(Locale.ROOT, "dmalab explore %s %s executions=%d steps=%d cpu=%.2f wall=%.2f executions/s=%.0f steps/s=%.0f us/execution=%.0f verdict=%s%n", world,
                strategy.name().toLowerCase(Locale.ROOT), result.executions(), result.steps(), seconds, (System.nanoTime() - wall) / 1e9, result.executions() / seconds,
                result.steps() / seconds, seconds * 1e6 / result.executions(), result.verdict());
    }
}
