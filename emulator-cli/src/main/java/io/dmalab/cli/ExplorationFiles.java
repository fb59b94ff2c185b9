package io.dmalab.cli;

import io.dmalab.cli.report.ExplorationPage;
import io.dmalab.cli.report.Facts;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Schedule;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.ScheduleFile;
import io.dmalab.core.run.ScheduleToken;
import io.dmalab.core.run.Violation;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.trace.SpooledFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Files that explorations can be written to, besides what is printed; each there as a whole or not at all. */
final class ExplorationFiles {
    @Option(names = "--schedule-out", paramLabel = "FILE",
            description = "Write the first violation's schedule step by step, in words; 'dmalab replay FILE' follows it.")
    Optional<String> schedule = Optional.empty();

    @Option(names = "--report", paramLabel = "FILE", description = "Write an HTML report: one file without network access.")
    Optional<String> report = Optional.empty();

    @Option(names = "--lkml", paramLabel = "FILE",
            description = "Write the result as plain text of 75 columns, as it can be sent to a mailing list.")
    Optional<String> lkml = Optional.empty();

    /** Opens the files: a name that cannot be written to shows before anything is explored. */
    Open open() {
        return new Open();
    }

    /** @param requests one for each exploration, or more */
    record Found(Emulator emulator, List<RunRequest> requests, List<Exploration> explorations, ExplorationBounds bounds) {
        String token(Violation violation) {
            return violation.token().map(ScheduleToken::toString).orElse("");
        }

        List<String> diagram(int exploration, Violation violation) {
            return explorations.get(exploration).diagram(violation);
        }

        /** The first exploration that found something. */
        Optional<Integer> violated() {
            return IntStream.range(0, explorations.size()).filter(i -> !explorations.get(i).violations().isEmpty()).boxed().findFirst();
        }
    }

    /** The files while the exploration runs. */
    final class Open implements AutoCloseable {
        private final List<SpooledFile> open = new ArrayList<>();
        private final Optional<SpooledFile> scheduleFile;
        private final Optional<SpooledFile> reportFile;
        private final Optional<SpooledFile> lkmlFile;

        private Open() {
            try {
                scheduleFile = schedule.map(name -> create(name, "--schedule-out"));
                reportFile = report.map(name -> create(name, "--report"));
                lkmlFile = lkml.map(name -> create(name, "--lkml"));
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private SpooledFile create(String name, String option) {
            if (name.equals("-")) {
                throw BadInput.of(option, "a file is wanted, standard output has the result", "name a file");
            }
            SpooledFile file = SpooledFile.create(name);
            open.add(file);
            return file;
        }

        /** @param command makes the same again */
        void write(Found found, String command, Output output) {
            Optional<Integer> violated = found.violated();
            if (violated.isPresent()) {
                write(scheduleFile, () -> scheduleText(found, violated.get()));
            } else if (scheduleFile.isPresent()) {
                output.err().println("dmalab: no violation, so no schedule is written to " + schedule.get());
            }
            write(lkmlFile, () -> new ExplorationText(found, command).text());
            write(reportFile, () -> page(found, command));
        }

        private static String scheduleText(Found found, int exploration) {
            RunRequest request = found.requests().get(exploration);
            Exploration explored = found.explorations().get(exploration);
            Violation violation = explored.violations().getFirst();
            return ScheduleFile.of(found.emulator().token(request, Schedule.of(violation.steps(), explored.names())), request.kernel().id(),
                    violation, explored.names()).toString();
        }

        private static String page(Found found, String command) {
            RunRequest first = found.requests().getFirst();
            List<String> worlds = found.requests().stream().map(request -> request.scenario().id()).distinct().toList();
            List<String> settings = new ArrayList<>(List.of("scenarios", String.join(", ", worlds), "kernel", first.kernel().id()));
            Set<String> said = new HashSet<>();
            found.requests().stream().map(RunRequest::scenario).filter(scenario -> said.add(scenario.id())).forEach(scenario -> settings.addAll(
                    List.of("bounds of " + scenario.id(), found.bounds().all(scenario))));
            settings.addAll(List.of("dmalab", found.emulator().model()));
            Facts facts = worlds.size() == 1 ? new Facts(first.scenario().summary(), first.scenario().story(), settings, command + " --report FILE")
                    : new Facts("Small worlds, each with every policy that was asked for.", "", settings, command + " --report FILE");
            List<ExplorationPage.Shown> shown = new ArrayList<>();
            for (int i = 0; i < found.explorations().size(); i++) {
                int exploration = i;
                shown.add(new ExplorationPage.Shown(found.explorations().get(i),
                        found.bounds().verdict(found.explorations().get(i).verdict()), violation -> found.diagram(exploration, violation),
                        violation -> found.token(violation)));
            }
            return ExplorationPage.of(shown, facts);
        }

        private static void write(Optional<SpooledFile> file, Supplier<String> text) {
            file.ifPresent(target -> {
                target.write(text.get());
                target.finish("");
            });
        }

        @Override
        public void close() {
            open.forEach(SpooledFile::close);
        }
    }
}
