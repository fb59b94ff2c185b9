package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dmalab run}: one machine, one policy. */
@Command(
        name = "run",
        description = "Runs one machine under one policy: kernel log, verdict, digest.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dmalab run dlpar-remove-under-load --policy legacy",
            "  dmalab run never-read-socket --policy wait-for-drain,cap=10s --kasan off",
            "  dmalab run fragment-30s --kernel v6.12 --trace -"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Mixin
    OneScenario asked;

    @Mixin
    Observed observed;

    @Mixin
    Explained explained;

    @Mixin
    Reported reported;

    @Option(names = "--verify-determinism", description = "Run twice and show the first difference, if there is one.")
    boolean verifyDeterminism;

    @Option(names = "--paranoid",
            description = "Check the books of the DMA API against the IOMMU's after every event: slow, with the same result.")
    boolean paranoid;

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        RunRequest request = asked.request(emulator, output.seed);
        if (paranoid) {
            request = request.withParanoia();
        }
        if (verifyDeterminism) {
            if (observed.any() || reported.asked() || explained.asked()) {
                throw BadInput.of("--verify-determinism", "a run that is verified is not observed",
                        "leave out --trace, --events, --observe, --report, --explain and --who-holds, or verify in a run of its own");
            }
            return new Determinism(emulator, output).verify(request);
        }
        try {
            reported.open();
            return run(emulator, reported.apply(explained.apply(observed.apply(request, output))));
        } finally {
            reported.close();
            observed.close();
        }
    }

    private int run(Emulator emulator, RunRequest request) {
        RunResult result = emulator.run(request);
        reported.write(emulator, asked.scenario, request, result);
        observed.show(output);
        if (explained.asked()) {
            explained.print(output, result);
            return result.exitCode();
        }
        String token = emulator.token(request, result).toString();
        if (output.json) {
            Json.print(output.out(), Json.run(result, token, !output.quiet));
        } else {
            new RunReport(output, observed.report(output)).print(result, token);
        }
        return result.exitCode();
    }
}
