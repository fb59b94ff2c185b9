package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmalab compare}: policies on the same seeds. */
@Command(
        name = "compare",
        description = "Compares policies on the same seeds: outcomes with 95 %% intervals, removal times, costs.",
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab compare", 
            "  dmalab compare never-read-socket --policies legacy,wait-for-drain,cap=10s --seeds 4"})
final class CompareCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Mixin
    Changed changed;

    @Mixin
    Reported reported;

    @Parameters(arity = "0..1", paramLabel = "SCENARIO", defaultValue = Emulator.DEFAULT_SCENARIO,
            description = "Name of a scenario, or a YAML file. Default: ${DEFAULT-VALUE}.")
    String scenario;

    @Option(names = "--policies", split = ",", paramLabel = "ID[,OPTION=VALUE...],...", hideParamSyntax = true,
            description = "Policies to compare, with their options; 'all' for every one there is. Default: ${DEFAULT-VALUE}.",
            defaultValue = "legacy,wait-for-drain,wait-without-swap,swap-without-wait,unmap-at-destroy")
    List<String> policies;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "20", description = "Number of seeds. Default: ${DEFAULT-VALUE}.")
    int seeds;

    @Option(names = {"-j", "--jobs"}, paramLabel = "N", description = "Machines that run at the same time. Default: one a processor.")
    Optional<Integer> jobs = Optional.empty();

    @Option(names = "--fail-on", paramLabel = "GRADE",
            description = "Exit 1 if a policy had an outcome of this grade or worse: ${COMPLETION-CANDIDATES}.")
    Optional<Grade> failOn = Optional.empty();

    @Override
    public Integer call() {
        reported.open();
        try {
            return compare();
        } finally {
            reported.close();
        }
    }

    private int compare() {
        Emulator emulator = machinery.emulator(output);
        RunRequest request = changed.apply(emulator.request(scenario), output.seed);
        int parallel = jobs.orElse(Runtime.getRuntime().availableProcessors());
        require(seeds >= 1 && seeds <= 1_000_000, "--seeds", seeds, "give a number from 1 to 1000000");
        require(parallel >= 1 && parallel <= 1024, "--jobs", parallel, "give a number from 1 to 1024");
        ProgressLine progress = new ProgressLine(output, "runs");
        List<RunRequest> variants = variants(emulator, request);
        Comparison comparison;
        try {
            comparison = emulator.compare(variants, seeds, parallel, progress);
        } finally {
            progress.finish();
        }
        reported.write(emulator, scenario, variants, comparison);
        if (output.json) {
            Json.print(output.out(), Json.comparison(comparison));
        } else {
            new ComparisonReport(output).print(comparison);
        }
        if (!comparison.complete()) {
            output.err().printf(Locale.ROOT, "dmalab: interrupted; the result is that of %d of %d seeds%n", comparison.seeds(),
                    comparison.seedsAsked());
            return Main.INTERRUPTED;
        }
        return failOn.filter(limit -> comparison.worst().compareTo(limit) <= 0).isPresent() ? Main.FINDING : 0;
    }

    /**
     * One request for each policy. The list is split at commas, and so are a policy's options: {@code a,b,cap=10s} is a, and b with an
     * option.
     */
    private List<RunRequest> variants(Emulator emulator, RunRequest request) {
        List<String> named = new ArrayList<>();
        for (String part : policies) {
            if (part.equals("all")) {
                emulator.extensions(FreePolicy.class).forEach(policy -> named.add(policy.id()));
            } else if (part.contains("=") && !named.isEmpty()) {
                named.add(named.removeLast() + "," + part);
            } else {
                named.add(part);
            }
        }
        return named.stream().map(policy -> request.withPolicy(Configured.parse(policy, "--policies"))).toList();
    }

    private static void require(boolean holds, String option, int value, String remedy) {
        if (!holds) {
            throw BadInput.of(option, value + " is out of range", remedy);
        }
    }
}
