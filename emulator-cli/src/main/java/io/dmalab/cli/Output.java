package io.dmalab.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that every command has: what is printed, and how. */
final class Output {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object (docs/json.md) instead of text.")
    boolean json;

    @Option(names = {"-q", "--quiet"}, description = "Print the result only: no log, no progress.")
    boolean quiet;

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Progress is shown to a person at a terminal only. */
    boolean interactive() {
        return !quiet && System.console() != null && System.console().isTerminal();
    }
}
