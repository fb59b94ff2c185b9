package io.dmalab.cli;

import io.dmalab.api.config.Span;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmalab explore}: every interleaving within bounds. */
@Command(
        name = "explore",
        description = "Searches the interleavings of a small world: SAFE, or the race as a diagram with a token to replay it.",
        footerHeading = "%nWhich strategy:%n",
        footer = {
            "  Take none at first: it ends with a proof, or with a race that is cut down",
            "  to what matters. Then:",
            "  shortest     a world with 'states: on': no race of it is shorter",
            "  preemptions  where a proof does not end: everything with up to --bound",
            "               preemptions; try 0, 1, 2. Most races need no more than two.",
            "  pct          where that does not end either: samples. Prints the chance of",
            "               each to hit a race that depends on --bound orderings.",
            "  pos, random  samples without that promise; pos may find what pct misses",
            "  SAFE is a proof within the bounds that are printed with it. BOUND REACHED",
            "  is none, though the exit code is 0 too: 'not seen' says what was left.",
            "  More in docs/explore.md.",
            "",
            "Examples:",
            "  dmalab explore seed-race --policy legacy",
            "  dmalab explore -p wait-for-drain,interval=1s,cap=forever --find all",
            "  dmalab explore dmarace-legacy --strategy shortest",
            "  dmalab explore --policies all --scenarios explore"
        })
final class ExploreCommand implements Callable<Integer> {
    private static final String DEFAULT_WORLD = "seed-race";
    /** Executions of one exploration; of each where there are several, so that all policies on all worlds are some minutes. */
    private static final long ONE_MAX = 1_000_000;
    private static final long EACH_MAX = 20_000;

    /** Which violations are collected. */
    enum Find {
        FIRST, ALL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Mixin
    Changed changed;

    @Mixin
    ExplorationFiles files;

    @Parameters(arity = "0..*", paramLabel = "SCENARIO", completionCandidates = Candidates.SmallWorlds.class,
            description = "Names of scenarios, or YAML files; 'worlds' for all small worlds that are shipped. Default: all in the folder that "
                    + "--scenarios names, 'explore' for those that are shipped; else " + DEFAULT_WORLD + ".")
    List<String> scenarios = List.of();

    @Option(names = {"-p", "--policy", "--policies"}, split = ",", paramLabel = "ID[,OPTION=VALUE...],...",
            hideParamSyntax = true, completionCandidates = Candidates.Policies.class,
            description = "Policies instead of the scenario's, with their options; 'all' for every one there is.")
    List<String> policies = List.of();

    @Option(names = "--strategy", paramLabel = "NAME", defaultValue = "auto",
            description = "One of ${COMPLETION-CANDIDATES}; see below. Default: ${DEFAULT-VALUE}: stateful for worlds with 'states: on', else "
                    + "exhaustive.")
    Plan.Kind strategy;

    @Option(names = "--bound", paramLabel = "N", defaultValue = "2",
            description = "Preemptions for 'preemptions', ordering constraints for 'pct'. Default: ${DEFAULT-VALUE}.")
    int bound;

    @Option(names = "--executions", paramLabel = "N",
            description = "The most executions. Default: " + ONE_MAX + "; of several explorations " + EACH_MAX + " each.")
    Optional<Long> executions = Optional.empty();

    @Option(names = "--time", paramLabel = "TIME", defaultValue = "10min", description = "How long it may take. Default: ${DEFAULT-VALUE}.")
    String time;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "10000",
            description = "The most steps of one execution. Default: ${DEFAULT-VALUE}.")
    int steps;

    @Option(names = "--find", paramLabel = "first|all", defaultValue = "first",
            description = "Stop at the first violation, or collect all that differ. Default: ${DEFAULT-VALUE}.")
    Find find;

    @Option(names = "--shorten", paramLabel = "N", defaultValue = "" + Plan.SHORTEN,
            description = "Executions that 'exhaustive' makes after the first violation, to find a shorter schedule to it or to see that there is none. "
                    + "Default: ${DEFAULT-VALUE}.")
    int shorten;

    @Option(names = "--symmetry", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Where states are matched, what is alike is not told apart. Default: ${DEFAULT-VALUE}.")
    boolean symmetry;

    @Option(names = {"-j", "--jobs"}, paramLabel = "N",
            description = "Machines that run at the same time, of several explorations or of one. The result does not depend on it. "
                    + "Default: one a processor.")
    Optional<Integer> jobs = Optional.empty();

    @Override
    public Integer call() {
        Worlds worlds = Worlds.of(scenarios, machinery.scenarios, DEFAULT_WORLD);
        Emulator emulator = Machinery.emulator(output, machinery.plugins, worlds.library());
        PolicyList.check(output.spec, policies);
        List<RunRequest> requests = requests(emulator, worlds);
        Plan plan = plan(executions.orElse(requests.size() == 1 ? ONE_MAX : EACH_MAX));
        int parallel = jobs();
        try (ExplorationFiles.Open open = files.open()) {
            return explore(emulator, plan, requests, parallel, open);
        }
    }

    private int explore(Emulator emulator, Plan plan, List<RunRequest> requests, int parallel, ExplorationFiles.Open open) {
        List<Exploration> explorations;
        ExplorationProgress progress = new ExplorationProgress(output);
        try {
            explorations = emulator.explore(requests, plan, parallel, requests.stream().map(request -> progress.exploration()).toList());
        } finally {
            progress.finish();
        }
        ExplorationBounds bounds = new ExplorationBounds(plan);
        show(requests, explorations, bounds);
        if (!explorations.isEmpty()) {
            open.write(new ExplorationFiles.Found(emulator, requests, explorations, bounds), commandLine(), output);
        }
        if (progress.interrupted()) {
            output.err().println("dmalab: interrupted; this is what is known" + (explorations.size() == requests.size() ? ""
                    : String.format(Locale.ROOT, " (%d of %d explorations, the others were not begun)", explorations.size(), requests.size())));
            return Main.INTERRUPTED;
        }
        return explorations.stream().anyMatch(e -> e.verdict() == Verdict.VIOLATION) ? Main.FINDING : 0;
    }

    /** What makes the same again: what the user typed, without the names of files. */
    private String commandLine() {
        StringBuilder command = new StringBuilder("dmalab explore");
        scenarios.forEach(scenario -> command.append(' ').append(quoted(scenario)));
        machinery.scenarios.ifPresent(folder -> command.append(" --scenarios ").append(quoted(folder.toString())));
        if (!policies.isEmpty()) {
            command.append(" --policy ").append(String.join(",", policies));
        }
        changed.kernel.ifPresent(kernel -> command.append(" --kernel ").append(kernel));
        changed.kasan.ifPresent(kasan -> command.append(" --kasan ").append(kasan.name().toLowerCase(Locale.ROOT)));
        changed.hz.ifPresent(hz -> command.append(" --hz ").append(hz));
        changed.timers.ifPresent(timers -> command.append(" --timers ").append(timers.name().toLowerCase(Locale.ROOT)));
        changed.set.forEach(set -> command.append(" --set '").append(set).append("'"));
        if (strategy != Plan.Kind.AUTO) {
            command.append(" --strategy ").append(strategy.name().toLowerCase(Locale.ROOT)).append(" --bound ").append(bound);
        }
        given(command, "--executions", "--time", "--steps", "--shorten");
        command.append(symmetry ? "" : " --no-symmetry");
        output.seed.ifPresent(seed -> command.append(" --seed ").append(seed));
        return command.append(find == Find.ALL ? " --find all" : "").toString();
    }

    /** Those of the options that were given. */
    private void given(StringBuilder command, String... options) {
        CommandLine.ParseResult parsed = output.spec.commandLine().getParseResult();
        Stream.of(options).filter(parsed::hasMatchedOption)
                .forEach(option -> command.append(' ').append(option).append(' ').append(parsed.matchedOption(option).stringValues().getFirst()));
    }

    /** As a shell takes it for one word. */
    private static String quoted(String word) {
        return word.matches("[\\w./:@%+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private void show(List<RunRequest> requests, List<Exploration> explorations, ExplorationBounds bounds) {
        if (output.json) {
            Json.print(output.out(), ExplorationJson.of(requests, explorations));
            return;
        }
        ExplorationReport report = new ExplorationReport(output, bounds);
        if (explorations.size() > 1) {
            report.table(requests, explorations, executions.orElse(EACH_MAX));
        } else if (!explorations.isEmpty()) {
            Scenario scenario = requests.getFirst().scenario();
            report.print(explorations.getFirst(), bounds.points(scenario), bounds.limits(scenario));
        }
    }

    private Plan plan(long most) {
        if (bound < 0 || bound > 1000) {
            throw BadInput.of("--bound", bound + " is out of range", "give a number from 0 to 1000");
        }
        if (most < 1) {
            throw BadInput.of("--executions", most + " is out of range", "give a number from 1 on");
        }
        if (steps < 1 || steps > 1_000_000) {
            throw BadInput.of("--steps", steps + " is out of range", "give a number from 1 to 1000000");
        }
        if (shorten < 0) {
            throw BadInput.of("--shorten", shorten + " is out of range", "give a number from 0 on");
        }
        return new Plan(strategy, bound, most, duration(), steps, find == Find.ALL, output.seed.orElse(1L), symmetry, shorten);
    }

    private int jobs() {
        int parallel = jobs.orElse(Runtime.getRuntime().availableProcessors());
        if (parallel < 1 || parallel > 1024) {
            throw BadInput.of("--jobs", parallel + " is out of range", "give a number from 1 to 1024");
        }
        return parallel;
    }

    private Duration duration() {
        try {
            Span span = Span.parse(time);
            return span.isForever() ? Duration.ofDays(365) : Duration.ofNanos(span.nanos());
        } catch (IllegalArgumentException e) {
            throw BadInput.of("--time", e.getMessage(), "give a time such as 30s or 10min");
        }
    }

    private List<RunRequest> requests(Emulator emulator, Worlds worlds) {
        List<Configured> asked = PolicyList.read(emulator, policies);
        List<RunRequest> requests = new ArrayList<>();
        for (RunRequest world : worlds.requests(emulator, !asked.isEmpty())) {
            RunRequest base = changed.apply(world, Optional.empty());
            if (asked.isEmpty()) {
                requests.add(base);
            }
            asked.forEach(policy -> requests.add(base.withPolicy(policy)));
        }
        return requests;
    }
}
