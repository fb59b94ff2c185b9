package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.log.Diagnoser;
import io.dmalab.core.log.LogDiagnosis;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dmalab diagnose FILE...}: which known failure a kernel log shows, decoded. */
@Command(name = "diagnose", description = {
            "Reads kernel logs and says which known failure they show: decoded values, the order that was not kept, policies that "
            + "prevent it, a scenario that reproduces it.",
            "Takes dmesg with or without time stamps, journalctl, serial consoles, quoted mail, trace-cmd and ftrace text, plain or gzip."},
        footerHeading = "%nExamples:%n", footer = {"  dmalab diagnose dmesg.txt", "  journalctl -k -b -1 | dmalab diagnose -"})
final class DiagnoseCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "A log, or - for standard input.")
    List<String> files;

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        // every file is read before anything is printed: one that cannot be read leaves nothing half written
        List<LogDiagnosis> logs = files.stream().map(file -> read(emulator, file)).toList();
        if (output.json) {
            Json.print(output.out(), DiagnosisJson.of(logs));
        } else {
            DiagnosisReport report = new DiagnosisReport(output, emulator);
            logs.forEach(report::print);
        }
        return logs.stream().allMatch(log -> log.diagnoses().isEmpty()) ? 0 : Main.FINDING;
    }

    private LogDiagnosis read(Emulator emulator, String file) {
        ProgressLine progress = new ProgressLine(output, "MiB");
        try {
            return new Diagnoser(emulator, progress).read(file, System.in);
        } finally {
            progress.finish();
        }
    }
}
