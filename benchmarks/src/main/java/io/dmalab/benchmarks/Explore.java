package io.dmalab.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Executions and steps of an exploration per second of CPU time, of whole machines: the small worlds under a policy that survives them.
 *
 * <pre>{@code java ... io.dmalab.benchmarks.Explore [SECONDS [STRATEGY...]]}</pre>
 *
 * SECONDS for each figure, 5, after as many in which the compiler does its work.
 */
public final class Explore {
    private static final List<String> WORLDS = List.of("seed-race", "two-users", "ring-producer-against-pool-free");
    private static final String POLICY = "unmap-at-destroy";

    private Explore() {}

    public static void main(String[] args) {
        Duration time = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 5);
        List<Plan.Kind> kinds = args.length > 1 ? List.of(args).subList(1, args.length).stream().map(name -> Plan.Kind.valueOf(name.toUpperCase(Locale.ROOT))).toList()
                : List.of(Plan.Kind.RANDOM, Plan.Kind.PCT, Plan.Kind.POS, Plan.Kind.EXHAUSTIVE);
        Emulator emulator = Emulator.load();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (String world : WORLDS) {
            for (Plan.Kind kind : kinds) {
                Plan plan = new Plan(kind, 2, Long.MAX_VALUE, time, 10_000, true, 1);
                for (int round = 0; round < 2; round++) {
                    long before = system.getProcessCpuTime();
                    Exploration found = emulator.explore(emulator.request(world).withPolicy(POLICY), plan, Explorer.Watch.NONE);
                    double cpu = (system.getProcessCpuTime() - before) / 1e9;
                    long executions = found.executions() + found.cut();
                    if (round == 1) {
                        System.out.printf(Locale.ROOT, "dmalab explore %s %s: %,d executions, %,d steps, cpu %.2f s: %,.0f executions/s, %,.0f steps/s; %s%n", world,
                                kind.name().toLowerCase(Locale.ROOT), executions, found.steps(), cpu, executions / cpu, found.steps() / cpu, found.verdict());
                    }
                }
            }
        }
    }
}
