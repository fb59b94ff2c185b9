package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.RunRequest;
import java.util.List;
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
        footer = {"  dmalab compare", "  dmalab compare never-read-socket --policies legacy,wait-for-drain --seeds 200"})
final class CompareCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Parameters(arity = "0..1", paramLabel = "SCENARIO", defaultValue = Emulator.DEFAULT_SCENARIO,
            description = "Name or YAML file. Default: ${DEFAULT-VALUE}.")
    String scenario;

    @Option(names = "--policies", split = ",", paramLabel = "ID",
            description = "Policies to compare, or 'all'. Default: ${DEFAULT-VALUE}.",
            defaultValue = "legacy,wait-for-drain,wait-without-swap,swap-without-wait,unmap-at-destroy")
    List<String> policies;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "20", description = "Number of seeds. Default: ${DEFAULT-VALUE}.")
    int seeds;

    @Option(names = "--seed", paramLabel = "N", description = "First seed instead of the scenario's.")
    Optional<Long> seed = Optional.empty();

    @Option(names = {"-j", "--jobs"}, paramLabel = "N", description = "Machines that run at the same time. Default: one a processor.")
    Optional<Integer> jobs = Optional.empty();

    @Option(names = "--fail-on", paramLabel = "GRADE",
            description = "Exit 1 if a policy had an outcome of this grade or worse: ${COMPLETION-CANDIDATES}.")
    Optional<Grade> failOn = Optional.empty();

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        RunRequest request = machinery.apply(emulator.request(scenario)).withSeed(seed);
        int parallel = jobs.orElse(Runtime.getRuntime().availableProcessors());
        require(seeds >= 1 && seeds <= 1_000_000, "--seeds", seeds, "give a number from 1 to 1000000");
        require(parallel >= 1 && parallel <= 1024, "--jobs", parallel, "give a number from 1 to 1024");
        ProgressLine progress = new ProgressLine(output, "runs");
        Comparison comparison = emulator.compare(request, policies, seeds, parallel, progress);
        progress.finish();
        if (output.json) {
            Json.print(output.out(), Json.comparison(comparison));
        } else {
            new ComparisonReport(output).print(comparison);
        }
        return failOn.filter(limit -> comparison.worst().compareTo(limit) <= 0).isPresent() ? Main.FINDING : 0;
    }

    private void require(boolean holds, String option, int value, String remedy) {
        if (!holds) {
            throw io.dmalab.core.scenario.BadInput.of(option, value + " is out of range", remedy);
        }
    }
}
