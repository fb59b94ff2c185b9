package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.imported.RecordedScenario;
import io.dmalab.core.imported.Recording;
import io.dmalab.core.imported.ScenarioOptions;
import io.dmalab.core.imported.TraceImporter;
import io.dmalab.core.log.LogSource;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.trace.SpooledFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmalab import TRACE}: a recorded trace becomes a scenario. */
@Command(name = "import", description = {
            "Makes a scenario of a trace that was recorded on a real machine: packets arrive and are held as recorded, and the device is "
            + "removed when it was. Says what the trace shows: live mappings over time, pages in flight at the removal, hold times.",
            "Takes /sys/kernel/tracing/trace, trace-cmd report, perf script and what run --trace writes, plain or gzip. Damaged lines are "
            + "counted and shown."},
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab import machine.trace -o machine.yaml", "  dmalab compare machine.yaml",
            "  trace-cmd report | dmalab import - -o machine.yaml"})
final class ImportCommand implements Callable<Integer> {
    private static final String STDOUT = "-";
    private static final String REMEDY = "give a trace as text: trace-cmd report, /sys/kernel/tracing/trace, perf script";
    private static final String NAME = "recorded";

    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Parameters(paramLabel = "TRACE", description = "A trace, or - for standard input.")
    String trace;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE",
            description = "Where the scenario goes; - for standard output, the report then goes to standard error. Default: nowhere.")
    Optional<String> file = Optional.empty();

    @Option(names = "--force", description = "Replace FILE if it is there.")
    boolean force;

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the scenario. Default: that of FILE or TRACE.")
    Optional<String> name = Optional.empty();

    @Option(names = "--device", paramLabel = "NAME",
            description = "Interface whose packets are taken, or device whose mappings are. Default: the removed one, else that with the "
                    + "most.")
    Optional<String> device = Optional.empty();

    @Option(names = "--driver", paramLabel = "ID[,OPTION=VALUE...]", defaultValue = "mlx",
            description = "Driver of the scenario's device, with its options. Default: ${DEFAULT-VALUE}.")
    String driver;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "1500",
            description = "MTU of the recorded interface; larger packets are taken as several that were merged. Default: ${DEFAULT-VALUE}.")
    int mtu;

    @Option(names = "--max-damages", paramLabel = "N", defaultValue = "10",
            description = "Damaged lines to show, at most 100. Default: ${DEFAULT-VALUE}.")
    int maxDamages;

    @Override
    public Integer call() {
        if (maxDamages < 0) {
            throw BadInput.of("--max-damages", maxDamages + " is negative", "use 0 or more");
        }
        ScenarioOptions options = new ScenarioOptions(scenarioName(), driver, mtu, device);
        refuseToOverwrite();
        Emulator emulator = machinery.emulator(output);
        Recording recording = read(emulator);
        String scenario = RecordedScenario.of(emulator, recording, options);
        write(scenario);
        PrintWriter report = file.filter(STDOUT::equals).isPresent() ? output.err() : output.out();
        if (output.json) {
            Json.print(report, ImportJson.of(recording, options, file));
        } else {
            new ImportReport(output, report, maxDamages).print(recording, options, file);
        }
        return 0;
    }

    /** {@code My trace.txt.gz} becomes {@code my-trace}. */
    private String scenarioName() {
        String from = name.or(() -> file.filter(f -> !f.equals(STDOUT))).orElse(trace);
        if (name.isPresent()) {
            return from;
        }
        String base = from.substring(Math.max(from.lastIndexOf('/'), from.lastIndexOf('\\')) + 1).replaceFirst("(?<=.)\\..*$", "");
        String words = base.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return words.isEmpty() ? NAME : words;
    }

    private void refuseToOverwrite() {
        if (file.isPresent() && !file.get().equals(STDOUT) && !force && Files.isRegularFile(Path.of(file.get()))) {
            throw BadInput.of(file.get(), "is there already", "name another file, or add --force");
        }
    }

    private Recording read(Emulator emulator) {
        ProgressLine progress = new ProgressLine(output, "MiB");
        String shown = trace.equals(LogSource.STDIN) ? "<stdin>" : trace;
        try (Reader reader = LogSource.open(trace, System.in, progress, REMEDY)) {
            return TraceImporter.read(emulator, shown, reader);
        } catch (IOException e) {
            throw LogSource.unreadable(shown, e);
        } finally {
            progress.finish();
        }
    }

    private void write(String scenario) {
        if (file.isEmpty()) {
            return;
        }
        if (file.get().equals(STDOUT)) {
            output.out().print(scenario);
            output.out().flush();
            return;
        }
        SpooledFile spooled = SpooledFile.create(file.get());
        try {
            spooled.finish(scenario);
        } finally {
            spooled.close();
        }
    }
}
