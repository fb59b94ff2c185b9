package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmalab run}: one machine, one policy. */
@Command(
        name = "run",
        description = "Runs one machine under one policy: kernel log, verdict, digest.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dmalab run dlpar-remove-under-load --policy legacy",
            "  dmalab run never-read-socket --policy wait-for-drain,cap=10s --kasan off"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Parameters(arity = "0..1", paramLabel = "SCENARIO", defaultValue = Emulator.DEFAULT_SCENARIO,
            description = "Name or YAML file. Default: ${DEFAULT-VALUE}.")
    String scenario;

    @Option(names = {"-p", "--policy"}, paramLabel = "ID[,OPTION=VALUE...]", description = "Policy instead of the scenario's.")
    Optional<String> policy = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "Seed instead of the scenario's.")
    Optional<Long> seed = Optional.empty();

    @Option(names = "--verify-determinism", description = "Run twice and show the first difference, if there is one.")
    boolean verifyDeterminism;

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        RunRequest request = machinery.apply(emulator.request(scenario)).withPolicy(policy).withSeed(seed);
        if (verifyDeterminism) {
            return new Determinism(emulator, output).verify(request);
        }
        RunResult result = emulator.run(request);
        if (output.json) {
            Json.print(output.out(), Json.run(result, request.token(result)));
        } else {
            new RunReport(output).print(result, request.token(result));
        }
        return result.exitCode();
    }
}
