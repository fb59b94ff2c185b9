package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.Sample;
import io.dmalab.core.run.SampleJson;
import io.dmalab.core.run.Study;
import io.dmalab.core.run.StudyPlan;
import io.dmalab.core.trace.SpooledFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Files that a comparison can be written to, besides what it prints. */
final class Written {
    @Option(names = "--csv", paramLabel = "FILE", description = "Write every run's figures as comma-separated values, one line a run.")
    Optional<String> csv = Optional.empty();

    @Option(names = "--jsonl", paramLabel = "FILE",
            description = "Write every run's figures as JSON Lines, in order of seed, scenario and policy.")
    Optional<String> jsonl = Optional.empty();

    @Option(names = "--lkml", paramLabel = "FILE",
            description = "Write a summary as plain text of 75 columns, as it can be sent to a mailing list.")
    Optional<String> lkml = Optional.empty();

    @Option(names = "--junit-xml", paramLabel = "FILE",
            description = "Write a test case for each scenario, policy and expectation ('expect:' of the scenario).")
    Optional<String> junit = Optional.empty();

    /** Opens the files: a name that cannot be written to shows before anything is run. */
    Files open() {
        return new Files();
    }

    /** The files, each there as a whole or not at all. */
    final class Files implements AutoCloseable {
        private final List<SpooledFile> open = new ArrayList<>();
        private final Optional<SpooledFile> csvFile;
        private final Optional<SpooledFile> jsonlFile;
        private final Optional<SpooledFile> lkmlFile;
        private final Optional<SpooledFile> junitFile;

        private Files() {
            try {
                csvFile = csv.map(this::create);
                jsonlFile = jsonl.map(this::create);
                lkmlFile = lkml.map(this::create);
                junitFile = junit.map(this::create);
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private SpooledFile create(String name) {
            SpooledFile file = SpooledFile.create(name);
            open.add(file);
            return file;
        }

        /** A run has come in, in order; the files of a study that is interrupted hold whole seeds. */
        void run(RunRequest request, Sample sample, String model) {
            jsonlFile.ifPresent(file -> file.write(SampleJson.line(request, sample, model) + "\n"));
        }

        void write(Emulator emulator, StudyPlan plan, Study study, String baseline) {
            write(csvFile, () -> StudyCsv.text(study));
            jsonlFile.ifPresent(file -> file.finish(""));
            write(junitFile, () -> JUnitXml.text(plan, study));
            write(lkmlFile, () -> new LkmlText(emulator, plan, study, baseline).text());
        }

        private static void write(Optional<SpooledFile> file, Supplier<String> text) {
            if (file.isPresent()) {
                file.get().write(text.get());
                file.get().finish("");
            }
        }

        @Override
        public void close() {
            open.forEach(SpooledFile::close);
        }
    }
}
