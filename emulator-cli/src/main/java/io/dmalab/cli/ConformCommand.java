package io.dmalab.cli;

import io.dmalab.core.scenario.BadInput;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmalab conform}. */
@Command(
        name = "conform",
        description = {"Holds dmalab against recordings of real kernels under a real hypervisor.",
            "Every recorded call is made again on our hypervisor, and the answers are compared.",
            "With --guest, our guest code does again what the recorded kernel was asked to do, and the hypercalls and RTAS calls that "
                    + "come of it are compared with the recorded ones."},
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab conform recordings/", "  dmalab conform --guest linux61-rescan.jsonl.gz",
            "  dmalab conform --guest --max-differences 3 recordings/"})
final class ConformCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Parameters(paramLabel = "RECORDING", arity = "1..*",
            description = "Files of the format tce-trace-1, plain or gzip, or folders of them (*.jsonl, *.jsonl.gz).")
    List<Path> recordings;

    @Option(names = "--guest", description = "Replay the guest's side.")
    boolean guest;

    @Option(names = "--max-differences", paramLabel = "N", defaultValue = "10",
            description = "Differences to show of each recording. Default: ${DEFAULT-VALUE}")
    int maxDifferences;

    @Override
    public Integer call() {
        if (maxDifferences < 0) {
            throw BadInput.of("--max-differences", maxDifferences + " is negative", "use 0 or more");
        }
        List<RecordingFiles.File> files = RecordingFiles.of(recordings);
        if (!guest) {
            return new HypervisorConform(output, machinery.emulator(output), maxDifferences).run(files);
        }
        return new GuestConform(output, machinery.emulator(output), maxDifferences).run(files);
    }
}
