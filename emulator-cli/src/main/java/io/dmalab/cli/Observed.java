package io.dmalab.cli;

import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options that say who sees a run's events: trace files, and observers of plugins. */
final class Observed {
    private static final String STDOUT = "-";

    @Option(names = {"--trace", "--ftrace"}, paramLabel = "FILE",
            description = "Write the trace events as the kernel's tracer prints them; - for standard output instead of the kernel log, "
                    + "with the report on standard error. Short for --observe ftrace,file=FILE.")
    Optional<String> trace = Optional.empty();

    @Option(names = "--events", paramLabel = "FILE",
            description = "Write trace events, kernel log and findings as JSON Lines; - as for --trace. "
                    + "Short for --observe jsonl,file=FILE.")
    Optional<String> events = Optional.empty();

    @Option(names = "--perfetto", paramLabel = "FILE",
            description = "Write the run for the Perfetto UI: tracks by CPU, task, table and mapping, use after free marked. "
                    + "Short for --observe perfetto,file=FILE.")
    Optional<String> perfetto = Optional.empty();

    @Option(names = "--observe", paramLabel = "ID[,OPTION=VALUE...]",
            description = "Attach an observer of a plugin to the run, with its options; may be given several times.")
    List<String> observers = new ArrayList<>();

    private Optional<Path> spool = Optional.empty();

    /** Something is to be written or shown. */
    boolean any() {
        return trace.isPresent() || events.isPresent() || perfetto.isPresent() || !observers.isEmpty();
    }

    /** @throws BadInput if two things want one place */
    RunRequest apply(RunRequest request, Output output) {
        RunRequest observed = request;
        List<String> files = Stream.of(trace, events, perfetto).flatMap(Optional::stream).toList();
        if (files.stream().distinct().count() < files.size()) {
            throw BadInput.of("--events", "two of --trace, --events and --perfetto name the same file", "give each a file of its own");
        }
        observed = write(observed, "ftrace", "--trace", trace, output);
        observed = write(observed, "jsonl", "--events", events, output);
        observed = write(observed, "perfetto", "--perfetto", perfetto, output);
        for (String observer : observers) {
            observed = observed.withObserver(Configured.parse(observer, "--observe"));
        }
        return observed;
    }

    private RunRequest write(RunRequest request, String observer, String option, Optional<String> file, Output output) {
        if (file.isEmpty()) {
            return request;
        }
        if (!file.get().equals(STDOUT)) {
            return request.withObserver(Configured.of(observer, Map.of("file", file.get()), option));
        }
        if (output.json) {
            throw BadInput.of(option, "--json and " + option + " - both want standard output", "name a file");
        }
        spool = Optional.of(temporary(option));
        return request.withoutLog().withObserver(Configured.of(observer, Map.of("file", spool.get().toString()), option));
    }

    private static Path temporary(String option) {
        try {
            return Files.createTempFile("dmalab", ".trace");
        } catch (IOException e) {
            throw BadInput.of(option, "no temporary file can be made (" + e.getMessage() + ")", "name a file");
        }
    }

    /** Where the report goes: what stands on standard output is the trace or the events alone if that was asked for. */
    PrintWriter report(Output output) {
        return spool.isPresent() ? output.err() : output.out();
    }

    /** After the run: the trace, if it belongs on standard output. */
    void show(Output output) {
        if (spool.isEmpty()) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(spool.get())) {
            lines.transferTo(output.out());
            output.out().flush();
        } catch (IOException e) {
            throw BadInput.of("-", "what is to be printed cannot be read back (" + e.getMessage() + ")", "name a file");
        }
    }

    /** Whether the run was good or not: nothing temporary is left. */
    void close() {
        spool.ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // a file in the folder for temporary files, which is cleaned by others
            }
        });
    }
}
