package io.dmalab.core.run;

import io.dmalab.api.kernel.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * A quantity of runs by its name. Every counter of a run is one; some are made of several, or of what is no counter.
 *
 * @param name  as it stands in files, unit last: a counter's own name, or one of the constants here
 * @param title as tables show it
 * @param unit  what its numbers are
 */
public record Measure(String name, String title, Unit unit) {
    /** What the numbers of a quantity are. */
    public enum Unit { NANOS, BYTES, COUNT, NANOS_PER_PACKET }

    /** The longest removal of a run. */
    public static final String REMOVAL_BLOCKED_NS = "removal_blocked_ns";
    /** Log lines from the first removal on. */
    public static final String LOG_LINES = "log_lines";
    /** Nanoseconds that the policy puts on the data path, a received packet. */
    public static final String HOT_PATH_NS_PER_PACKET = "hot_path_ns_per_packet";

    /**
     * What a policy costs, with the titles of the tables; a counter that is not here is shown by its name. Names only: who counts is
     * unknown.
     */
    private static final List<Measure> KNOWN = List.of(
            new Measure(REMOVAL_BLOCKED_NS, "removal", Unit.NANOS),
            new Measure(Metrics.COLLATERAL_TASKS, "collateral tasks", Unit.COUNT),
            new Measure(Metrics.INNOCENT_HUNG_TASKS, "innocent hung", Unit.COUNT),
            new Measure(Metrics.LATE_UNMAPS, "late unmaps", Unit.COUNT),
            new Measure(Metrics.FAILED_TCE_CALLS, "failed TCE calls", Unit.COUNT),
            new Measure(Metrics.DROPPED_TCES, "dropped TCEs", Unit.COUNT),
            new Measure(Metrics.LEAKED_TCES, "leaked TCEs", Unit.COUNT),
            new Measure("lost_entries", "lost entries", Unit.COUNT),
            new Measure("zombie_bytes_peak", "zombie memory", Unit.BYTES),
            new Measure(Metrics.BYTES_PER_PAGE, "B/page", Unit.BYTES),
            new Measure("hot_path_ops", "hot-path ops", Unit.COUNT),
            new Measure(HOT_PATH_NS_PER_PACKET, "ns/packet", Unit.NANOS_PER_PACKET),
            new Measure(LOG_LINES, "log lines", Unit.COUNT));
    /** Tables show these whatever they are. */
    private static final Set<String> ALWAYS = Set.of(Metrics.LATE_UNMAPS, Metrics.FAILED_TCE_CALLS, Metrics.DROPPED_TCES,
            Metrics.LEAKED_TCES,
            HOT_PATH_NS_PER_PACKET, Metrics.BYTES_PER_PAGE, Metrics.COLLATERAL_TASKS, Metrics.INNOCENT_HUNG_TASKS);

    /** The quantity of that name; a counter's unit is the last part of its name. */
    public static Measure of(String name) {
        return KNOWN.stream().filter(measure -> measure.name.equals(name)).findFirst().orElseGet(() -> new Measure(name, name, unit(name)));
    }

    private static Unit unit(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith("_ns") ? Unit.NANOS : lower.endsWith("_bytes") || lower.endsWith("_bytes_peak") ? Unit.BYTES : Unit.COUNT;
    }

    /** What the runs of these policies cost: the usual quantities, and of the others those that are not zero everywhere. */
    public static List<Measure> costs(Collection<PolicySummary> policies) {
        return KNOWN.stream().filter(m -> ALWAYS.contains(m.name) || policies.stream().anyMatch(p -> m.max(p) > 0)).toList();
    }

    /** Counters that are no column of their own and whose mean is not the same for every policy, in order of name. */
    public static List<Measure> others(Collection<PolicySummary> policies) {
        Set<String> names = new TreeSet<>();
        policies.forEach(policy -> names.addAll(policy.metricNames()));
        List<Measure> others = new ArrayList<>();
        for (String name : names) {
            boolean known = KNOWN.stream().anyMatch(m -> m.name.equals(name)) || name.equals(Metrics.POLL_ROUNDS);
            if (!known && policies.stream().mapToDouble(policy -> policy.metric(name).mean()).distinct().count() > 1) {
                others.add(of(name));
            }
        }
        return others;
    }

    /** Names of all quantities that runs of these policies have. */
    public static Set<String> names(Collection<PolicySummary> policies) {
        Set<String> names = new TreeSet<>();
        KNOWN.forEach(measure -> names.add(measure.name));
        policies.forEach(policy -> names.addAll(policy.metricNames()));
        return names;
    }

    /** Value of each run, in the order of the seeds; zero where a run did not have it. */
    public double[] values(PolicySummary policy) {
        return switch (name) {
            case REMOVAL_BLOCKED_NS -> doubles(policy.longestRemoval());
            case LOG_LINES -> doubles(policy.logLines());
            case HOT_PATH_NS_PER_PACKET -> perPacket(policy);
            default -> Arrays.copyOf(doubles(policy.metric(name)), policy.runs());
        };
    }

    private static double[] doubles(Spread spread) {
        return Arrays.stream(spread.values()).asDoubleStream().toArray();
    }

    private static double[] perPacket(PolicySummary policy) {
        double[] nanos = Arrays.copyOf(doubles(policy.metric(Metrics.HOT_PATH_NS)), policy.runs());
        double[] packets = Arrays.copyOf(doubles(policy.metric(Metrics.RX_PACKETS)), policy.runs());
        Arrays.setAll(nanos, i -> packets[i] == 0 ? 0 : nanos[i] / packets[i]);
        return nanos;
    }

    /** Mean over the runs; 0 without runs. */
    public double mean(PolicySummary policy) {
        return name.equals(HOT_PATH_NS_PER_PACKET) ? policy.hotPathNanosPerPacket() : Arrays.stream(values(policy)).average().orElse(0);
    }

    /** The largest value of a run; 0 without runs. */
    public double max(PolicySummary policy) {
        return Arrays.stream(values(policy)).max().orElse(0);
    }
}
