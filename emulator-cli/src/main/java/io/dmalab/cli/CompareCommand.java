package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.Results;
import io.dmalab.core.run.ResultsFile;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.Sample;
import io.dmalab.core.run.Study;
import io.dmalab.core.run.StudyPlan;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Suggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmalab compare}: policies on the same seeds. */
@Command(
        name = "compare",
        description = "Compares policies on the same seeds: outcomes with 95 %% intervals, removal times, costs, differences seed by seed. "
                + "docs/compare.md explains every figure.",
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab compare",
            "  dmalab compare never-read-socket -p legacy,wait-for-drain,cap=10s --seeds 4",
            "  dmalab compare fd-holder -p wait-for-drain --vary policy.cap=1s,10s --seeds 2"})
final class CompareCommand implements Callable<Integer> {
    private static final Pattern SEEDS = Pattern.compile("(?:(-?[0-9]{1,18})\\.\\.)?(-?[0-9]{1,18})");
    private static final String BASELINE = "legacy";

    @Mixin
    Output output;

    @Mixin
    Changed changed;

    @Mixin
    Written written;

    @Mixin
    Reported reported;

    @Option(names = "--plugins", paramLabel = "DIR",
            description = "Folder of drop-in plugin jars. Default: $DMALAB_PLUGINS, else plugins/ of the installation.")
    Optional<Path> plugins = Optional.empty();

    @Option(names = "--scenario-folder", paramLabel = "DIR",
            description = "Folder of scenarios, besides those that are shipped (--scenarios DIR of the other commands).")
    Optional<Path> folder = Optional.empty();

    @Parameters(arity = "0..*", paramLabel = "SCENARIO", completionCandidates = Candidates.Scenarios.class,
            description = "Names of scenarios, or YAML files. Default: " + Emulator.DEFAULT_SCENARIO + ".")
    List<String> scenarios = new ArrayList<>();

    @Option(names = "--scenarios", split = ",", paramLabel = "NAME,...", hideParamSyntax = true, completionCandidates = Candidates.Scenarios.class,
            description = "More scenarios; 'all' for every one there is.")
    List<String> more = new ArrayList<>();

    @Option(names = {"-p", "--policy", "--policies"}, split = ",", paramLabel = "ID[,OPTION=VALUE...],...",
            hideParamSyntax = true, completionCandidates = Candidates.Policies.class,
            description = "Policies to compare, with their options; 'all' for every one there is. Default: ${DEFAULT-VALUE}.",
            defaultValue = "legacy,wait-for-drain,wait-without-swap,swap-without-wait,unmap-at-destroy")
    List<String> policies;

    @Option(names = "--seeds", paramLabel = "N|FIRST..LAST", defaultValue = "20",
            description = "Number of seeds, or the first and the last one. Default: ${DEFAULT-VALUE}.")
    String seeds;

    @Option(names = "--baseline", paramLabel = "ID", completionCandidates = Candidates.Policies.class,
            description = "Policy that the others are held against, seed by seed. Default: " + BASELINE + ", else the first.")
    Optional<String> baseline = Optional.empty();

    @Option(names = "--vary", paramLabel = "KEY=A,B,...",
            description = "Values to sweep: a place in the scenario, such as memory.kasan or devices[0].driver.channels, or an option of "
                    + "the policies, such as policy.cap. Given again: every combination.")
    List<String> vary = new ArrayList<>();

    @Option(names = "--results", paramLabel = "FILE",
            description = "Keep every run's figures in this file, and make no run twice: goes on after an interruption, and adds to it.")
    Optional<String> results = Optional.empty();

    @Option(names = {"-j", "--jobs"}, paramLabel = "N", description = "Machines that run at the same time. Default: one a processor.")
    Optional<Integer> jobs = Optional.empty();

    @Option(names = "--fail-on", paramLabel = "GRADE", completionCandidates = Candidates.Grades.class,
            description = "Exit 1 if a policy had an outcome of this grade or worse: forbidden, interesting or acceptable.")
    Optional<Grade> failOn = Optional.empty();

    @Override
    public Integer call() {
        int parallel = jobs.orElse(Runtime.getRuntime().availableProcessors());
        require(parallel >= 1 && parallel <= 1024, "--jobs", parallel, "give a number from 1 to 1024");
        PolicyList.check(output.spec, policies);
        Emulator emulator = Machinery.emulator(output, plugins, folder);
        StudyPlan plan = plan(emulator);
        String base = baseline(plan);
        reported.open();
        try (Written.Files files = written.open(); Reported page = reported) {
            Study study = run(emulator, plan, parallel, (request, sample) -> files.run(request, sample, emulator.model()));
            files.write(emulator, plan, study, base);
            page.write(emulator, plan, study, base);
            if (output.json) {
                Json.print(output.out(), StudyJson.of(study, base));
            } else {
                new StudyReport(output, base, Terminal.width()).print(study);
            }
            return end(study);
        }
    }

    private int end(Study study) {
        if (!study.complete()) {
            Comparison one = study.comparisons().getFirst();
            output.err().printf(Locale.ROOT, "dmalab: interrupted; the result is that of %d of %d seeds%s%n", one.seeds(), one.seedsAsked(),
                    results.map(file -> "; the same command goes on from " + file).orElse(""));
            return Main.INTERRUPTED;
        }
        return failOn.filter(limit -> study.worst().compareTo(limit) <= 0).isPresent() ? Main.FINDING : 0;
    }

    private StudyPlan plan(Emulator emulator) {
        Matcher matcher = SEEDS.matcher(seeds.strip());
        if (!matcher.matches()) {
            throw BadInput.of("--seeds", "'" + seeds + "' is neither a number nor a range", "write e.g. 50 or 1..50");
        }
        Optional<Long> first = Optional.ofNullable(matcher.group(1)).map(Long::parseLong);
        if (first.isPresent() && output.seed.isPresent()) {
            throw BadInput.of("--seed", "--seeds names the first seed already", "give one of them");
        }
        long last = Long.parseLong(matcher.group(2));
        long number = first.isPresent() ? last - first.get() + 1 : last;
        require(number >= 1 && number <= 1_000_000, "--seeds", first.isPresent() ? seeds : number, "give 1 to 1000000 seeds");
        List<String> named = new ArrayList<>(scenarios);
        named.addAll(more);
        return new Plan(emulator, changed).read(named.isEmpty() ? List.of(Emulator.DEFAULT_SCENARIO) : named, policies,
                first.or(() -> output.seed), (int) number, vary);
    }

    private Study run(Emulator emulator, StudyPlan plan, int parallel, BiConsumer<RunRequest, Sample> each) {
        ProgressLine progress = new ProgressLine(output, "runs");
        try {
            if (results.isEmpty()) {
                return emulator.study(plan, parallel, progress, Results.NONE, each);
            }
            try (ResultsFile file = ResultsFile.open(results.get(), emulator.model())) {
                file.notes().forEach(note -> output.err().println("dmalab: " + note));
                Study study = emulator.study(plan, parallel, progress, file, each);
                if (file.used() > 0 && !output.quiet) {
                    output.err().printf(Locale.ROOT, "dmalab: %,d of %,d runs were found in %s%n", file.used(), study.runs(),
                            results.get());
                }
                return study;
            }
        } finally {
            progress.finish();
        }
    }

    /** Name of the policy that the others are held against. */
    private String baseline(StudyPlan plan) {
        List<String> names = plan.points().getFirst().contenders().stream().map(StudyPlan.Contender::name).toList();
        if (baseline.isPresent() && !names.contains(baseline.get())) {
            throw BadInput.of("--baseline", "'" + baseline.get() + "' is not among the policies", Suggestion.remedy(baseline.get(), names));
        }
        return baseline.orElse(names.contains(BASELINE) ? BASELINE : names.getFirst());
    }

    private static void require(boolean holds, String option, Object value, String remedy) {
        if (!holds) {
            throw BadInput.of(option, value + " is out of range", remedy);
        }
    }
}
