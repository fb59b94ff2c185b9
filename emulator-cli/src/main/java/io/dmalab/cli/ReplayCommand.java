package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.RunToken;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dmalab replay}: exactly that run again. */
@Command(
        name = "replay",
        description = "Runs a run again from the token it printed, and checks that it is the same to the last event.",
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab replay run1:dlpar-remove-under-load/legacy/1/...", "  dmalab replay result.json    # what run --json printed"})
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Parameters(paramLabel = "TOKEN|FILE", description = "A token, or a file that holds one or the JSON of a run.")
    String what;

    @Override
    public Integer call() {
        RunToken token = TokenFile.read(what);
        Emulator emulator = machinery.emulator(output);
        RunRequest request = emulator.request(token);
        RunResult result = emulator.run(request);
        String again = request.token(result);
        if (output.json) {
            Json.print(output.out(), Json.run(result, again));
        } else {
            new RunReport(output).print(result, again);
        }
        token.difference(request, result).ifPresent(d -> output.err().println("dmalab: replay differs: " + d));
        return token.difference(request, result).isPresent() ? Main.FINDING : result.exitCode();
    }
}
