package io.dmalab.cli;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Coverage;
import io.dmalab.core.explore.Estimate;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.Violation;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Prints explorations: one with its diagrams, several as a table. */
final class ExplorationReport {
    private final PrintWriter out;
    private final ExplorationBounds bounds;

    ExplorationReport(Output output, ExplorationBounds bounds) {
        this.out = output.out();
        this.bounds = bounds;
    }

    /** @param points what its steps are @param limits how far an execution goes */
    void print(Exploration exploration, String points, String limits) {
        print("%s, policy %s: %s%n", exploration.scenario(), Colours.bold(exploration.policy()), verdict(exploration.verdict()));
        print("  search     %s%n", exploration.guarantee());
        print("  steps      %s%n", points);
        print("  bounds     %s%n", limits);
        print("  seen       %s; %.2f s%n", seen(exploration), exploration.nanos() / 1e9);
        exploration.coverage().ifPresent(seen -> {
            states("states  ", seen, seen.symmetric() ? ", those alike counted once" : "");
            seen.apart().ifPresent(apart -> states("        ", apart, " with each of those alike"));
        });
        if (!exploration.missing().isEmpty()) {
            print("  not seen   %s%s%n", exploration.missing(), exploration.estimate().map(ExplorationReport::ofAbout).orElse(""));
        }
        for (Violation violation : exploration.violations()) {
            violation(exploration, violation);
        }
        out.flush();
    }

    private void states(String name, Coverage seen, String which) {
        print("  %s   %,d%s, %,d of them with harm done; %,d transitions%n", name, seen.states(), which, seen.harmful(), seen.transitions());
    }

    private void violation(Exploration exploration, Violation violation) {
        FindingRecord finding = violation.finding();
        print("%n%s: %s%n", Colours.bold(finding.kind().toString()), finding.subject());
        print("  %s%n", finding.detail());
        print("  in %s%n", finding.where());
        print("  %s%d steps, %d changes of context%n", exploration.executions() == 1 ? "" : String.format(Locale.ROOT, "execution %,d; ",
                violation.execution()), violation.steps().size(), violation.switches());
        print("%s%n", shortness(exploration, violation));
        exploration.diagram(violation).forEach(line -> out.println(line.isEmpty() ? "" : "  " + line));
        violation.token().ifPresent(token -> print("%n  replay  dmalab replay %s%n", token));
    }

    private static String seen(Exploration exploration) {
        return exploration.executions() == 1 ? String.format(Locale.ROOT, "one execution, %,d steps", exploration.steps())
                : String.format(Locale.ROOT, "%,d executions, %,d more cut off as known, %,d steps, the longest %,d", exploration.executions(),
                        exploration.cut(), exploration.steps(), exploration.longest());
    }

    /** Those cut off count, too. */
    static String ofAbout(Estimate estimate) {
        return String.format(Locale.ROOT, "; %,d of about %s are done (estimate)", estimate.done(), estimate.rounded());
    }

    /** What is known of shorter schedules, in a line of its own; empty if nothing. */
    private static String shortness(Exploration exploration, Violation violation) {
        return switch (violation.shortness()) {
            case AS_FOUND -> "";
            case SHORTENED -> String.format(Locale.ROOT, "  shortened%s; there may be a shorter one%n",
                    exploration.further() == 0 ? "" : String.format(Locale.ROOT, ", and %,d more executions looked at", exploration.further()));
            case FEWEST_CHANGES -> String.format(Locale.ROOT,
                    "  no interleaving does this with fewer changes, or with as few and fewer steps: all were looked at%n");
            case FEWEST_STEPS -> String.format(Locale.ROOT, "  no schedule to any harm is shorter%n");
        };
    }

    /** One line for each exploration, and what the verdicts hold within. @param most executions that each of them may have */
    void table(List<RunRequest> requests, List<Exploration> explorations, long most) {
        Columns columns = new Columns("  ");
        columns.row("world", "policy", "verdict", "executions", "steps", "seconds", "what");
        for (Exploration exploration : explorations) {
            columns.row(exploration.scenario(), exploration.policy(), bounds.verdict(exploration.verdict()),
                    Columns.number(exploration.executions()), Columns.number(exploration.steps()), String.format(Locale.ROOT, "%.2f", exploration.nanos() / 1e9), what(exploration));
        }
        columns.print(out);
        long open = count(explorations, Verdict.BOUND_REACHED);
        print("%n%,d explorations: %,d safe, %,d with an interleaving that does harm, %,d without an answer%s%n%n", explorations.size(),
                count(explorations, Verdict.SAFE), count(explorations, Verdict.VIOLATION), open,
                open == 0 ? "" : String.format(Locale.ROOT, " (at most %,d executions each; --executions N for more)", most));
        explorations.stream().map(Exploration::guarantee).distinct().forEach(guarantee -> print("  search  %s%n", guarantee));
        Map<String, Set<String>> worlds = new LinkedHashMap<>();
        requests.forEach(request -> worlds.computeIfAbsent(bounds.all(request.scenario()), all -> new LinkedHashSet<>()).add(request.scenario().id()));
        worlds.forEach((all, names) -> print("  bounds  %s%n          in %s%n", all, String.join(", ", names)));
        out.flush();
    }

    private static long count(List<Exploration> explorations, Verdict verdict) {
        return explorations.stream().filter(exploration -> exploration.verdict() == verdict).count();
    }

    private static String what(Exploration exploration) {
        if (exploration.violations().isEmpty()) {
            return exploration.missing() + exploration.estimate().map(ExplorationReport::ofAbout).orElse("");
        }
        FindingRecord first = exploration.violations().getFirst().finding();
        return first.detail().replaceAll(",? [0-9.]+ s after .*", "");
    }

    private String verdict(Verdict verdict) {
        return verdict == Verdict.VIOLATION ? Colours.bold(verdict.toString()) : bounds.verdict(verdict);
    }

    private void print(String format, Object... values) {
        out.printf(Locale.ROOT, format, values);
    }
}
