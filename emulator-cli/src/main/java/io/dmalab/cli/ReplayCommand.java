package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.ScheduleMismatch;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.RunToken;
import io.dmalab.core.run.ScheduleFile;
import io.dmalab.core.run.ScheduleToken;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.ScenarioReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmalab replay}: exactly that run again. */
@Command(
        name = "replay",
        description = "Runs a run again from the token it printed, and checks that it is the same to the last event; or follows the schedule of an "
                + "exploration.",
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab replay run1:dlpar-remove-under-load@1f2e3d4c/legacy/1/-/...",
                "  dmalab replay result.json    # what run --json printed",
                "  dmalab replay race.schedule  # what explore --schedule-out wrote"})
final class ReplayCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Mixin
    Observed observed;

    @Mixin
    Explained explained;

    @Parameters(paramLabel = "TOKEN|FILE", description = "A token, or a file that holds one, or a schedule, or what 'run --json' printed.")
    String what;

    @Option(names = "--scenario", paramLabel = "FILE",
            description = "The scenario's file, if it is not in the library or has been changed there.")
    Optional<Path> scenario = Optional.empty();

    @Override
    public Integer call() {
        TokenFile.Found found = TokenFile.read(what);
        if (output.seed.isPresent()) {
            throw BadInput.of("--seed", "a replay takes the seed from its token", "use 'dmalab run --seed' for another one");
        }
        Emulator emulator = machinery.emulator(output);
        if (ScheduleFile.is(found.text())) {
            ScheduleFile file = ScheduleFile.parse(found.text(), found.place());
            return follow(emulator, file.token(), Optional.of(file));
        }
        if (found.ofExploration()) {
            return follow(emulator, ScheduleToken.parse(found.text(), found.place()), Optional.empty());
        }
        RunToken token = RunToken.parse(found.text(), found.place());
        RunRequest request = emulator.request(token, scenario.map(ScenarioReader::read));
        try {
            return replay(emulator, token, explained.apply(observed.apply(request, output)));
        } finally {
            observed.close();
        }
    }

    /** @param file step by step in words, if that is what was given */
    private int follow(Emulator emulator, ScheduleToken token, Optional<ScheduleFile> file) {
        if (observed.any()) {
            throw BadInput.of("--trace, --events, --observe", "a schedule has no time, so there is no trace of it", "leave them out");
        }
        RunRequest request = emulator.request(token, scenario.map(ScenarioReader::read));
        Exploration exploration;
        try {
            exploration = emulator.follow(request, token.schedule());
        } catch (ScheduleMismatch e) {
            output.err().println("dmalab: the schedule cannot be followed: " + e.getMessage()
                    + file.map(f -> " (" + f.step(e.step()) + ")").orElse("") + "; "
                    + doubt(emulator, request, token, file));
            return Main.FINDING;
        }
        if (output.json) {
            Json.print(output.out(), ExplorationJson.of(List.of(request), List.of(exploration)));
        } else {
            new ExplorationReport(output, new ExplorationBounds(Plan.DEFAULT)).print(exploration, "as the scenario has them", "the schedule of the token");
        }
        file.flatMap(f -> exploration.violations().stream().findFirst().flatMap(v -> f.difference(v.steps())))
                .ifPresent(difference -> output.err().println("dmalab: replay differs: " + difference + "; "
                        + doubt(emulator, request, token, file)));
        if (exploration.violations().isEmpty()) {
            output.err().println("dmalab: the schedule does no harm here; " + doubt(emulator, request, token, file));
        }
        return Main.FINDING;
    }

    /** Why a schedule may not fit here. */
    private static String doubt(Emulator emulator, RunRequest request, ScheduleToken token, Optional<ScheduleFile> file) {
        return file.filter(ScheduleFile::edited).map(edited -> "the file has been edited since 'dmalab explore --schedule-out' wrote it")
                .orElseGet(() -> token.doubt(request, emulator.model()));
    }

    private int replay(Emulator emulator, RunToken token, RunRequest request) {
        RunResult result = emulator.run(request);
        observed.show(output);
        String again = emulator.token(request, result).toString();
        if (explained.asked()) {
            explained.print(output, result);
        } else if (output.json) {
            Json.print(output.out(), Json.run(result, again, !output.quiet));
        } else {
            new RunReport(output, observed.report(output)).print(result, again);
        }
        Optional<String> difference = token.difference(request, result, emulator.model());
        difference.ifPresent(d -> output.err().println("dmalab: replay differs: " + d));
        return difference.isPresent() ? Main.FINDING : result.exitCode();
    }
}
