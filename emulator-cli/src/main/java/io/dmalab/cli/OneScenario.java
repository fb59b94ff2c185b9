package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.Configured;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A scenario, its policy and what is changed in it: for commands that look at one machine. */
final class OneScenario {
    @Mixin
    Changed changed;

    @Parameters(arity = "0..1", paramLabel = "SCENARIO", defaultValue = Emulator.DEFAULT_SCENARIO,
            completionCandidates = Candidates.Scenarios.class,
            description = "Name of a scenario, or a YAML file. Default: ${DEFAULT-VALUE}.")
    String scenario;

    @Option(names = {"-p", "--policy"}, paramLabel = "ID[,OPTION=VALUE...]", completionCandidates = Candidates.Policies.class,
            description = "Policy instead of the scenario's, with its options; see 'dmalab policies'.")
    Optional<String> policy = Optional.empty();

    RunRequest request(Emulator emulator, Optional<Long> seed) {
        RunRequest request = changed.apply(emulator.request(scenario), seed);
        return policy.map(text -> request.withPolicy(Configured.parse(text, "--policy"))).orElse(request);
    }
}
