package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Culprit;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that every command has: what is printed, and how. */
final class Output {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object instead of text; it is described in docs/json.md")
    boolean json;

    @Option(names = {"-q", "--quiet"}, description = "Print the result only: no log, no progress.")
    boolean quiet;

    @Option(names = "--seed", paramLabel = "N",
            description = "Seed of all randomness instead of the scenario's (compare: the first one; explore: of a strategy that draws). "
                    + "Without effect where nothing is run.")
    Optional<Long> seed = Optional.empty();

    /** What the command has loaded. */
    private Emulator emulator;

    void loaded(Emulator value) {
        emulator = value;
    }

    /** The plugin whose code threw that, as far as plugins have been loaded. */
    static Optional<Culprit> culprit(CommandSpec command, Throwable failure) {
        return command.mixins().values().stream().map(CommandSpec::userObject).filter(Output.class::isInstance).map(Output.class::cast)
                .filter(output -> output.emulator != null).findFirst().flatMap(output -> output.emulator.culprit(failure));
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Progress is shown to a person at a terminal only, also if the result goes to a file; a log of errors stays free of it. */
    boolean interactive() {
        return !quiet && Terminal.onStderr();
    }
}
