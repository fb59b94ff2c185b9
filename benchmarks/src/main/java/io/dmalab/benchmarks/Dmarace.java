package io.dmalab.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Coverage;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.Setting;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;

/**
 * The world DMARACE-1 in one line a measurement: states, transitions, and what they took.
 *
 * <pre>{@code java ... io.dmalab.benchmarks.Dmarace WORLD N K stateful|shortest plain|alike [REPETITIONS]}</pre>
 *
 * The first repetition is what a user waits for, less the start of the JVM; the last what the search costs once it is compiled.
 */
public final class Dmarace {
    private Dmarace() {}

    public static void main(String[] args) {
        Emulator emulator = Emulator.load();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        RunRequest request = emulator.request("dmarace-" + args[0])
                .withSetting(new Setting("devices[0].driver.buffers", args[1]))
                .withSetting(new Setting("devices[0].driver.consumers", args[2]));
        Plan.Kind strategy = Plan.Kind.valueOf(args[3].toUpperCase(Locale.ROOT));
        boolean all = strategy == Plan.Kind.STATEFUL;
        Plan plan = new Plan(strategy, 0, Long.MAX_VALUE, Duration.ofHours(1), 100_000, all, 1, args[4].equals("alike"));
        int repetitions = args.length > 5 ? Integer.parseInt(args[5]) : 1;
        for (int i = 0; i < repetitions; i++) {
            long cpu = system.getProcessCpuTime();
            long wall = System.nanoTime();
            Exploration result = emulator.explore(request, plan, Explorer.Watch.NONE);
            Coverage seen = result.coverage().orElseThrow();
            int shortest = result.violations().stream().mapToInt(violation -> violation.steps().size()).min().orElse(0);
            System.out.printf(Locale.ROOT, "dmalab dmarace-%s N=%s K=%s %s %s states=%d harmful=%d transitions=%d%s executions=%d steps=%d "
                            + "shortest=%d cpu=%.2f wall=%.2f verdict=%s%n", args[0], args[1], args[2], args[3], args[4],
                    seen.states(), seen.harmful(), seen.transitions(), apart(seen), result.executions(), result.steps(), shortest,
                    (system.getProcessCpuTime() - cpu) / 1e9, (System.nanoTime() - wall) / 1e9, result.verdict());
        }
    }

    /** The same if each of the states alike counts. */
    private static String apart(Coverage seen) {
        return seen.apart().map(all -> String.format(Locale.ROOT, " apart=%d/%d/%d", all.states(), all.harmful(), all.transitions())).orElse("");
    }
}
