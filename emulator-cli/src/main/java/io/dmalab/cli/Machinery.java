package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.PluginProblem;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of every command: where plugins and scenarios are. */
final class Machinery {
    @Option(names = "--plugins", paramLabel = "DIR",
            description = "Folder of drop-in plugin jars. Default: $DMALAB_PLUGINS, else plugins/ of the installation.")
    Optional<Path> plugins = Optional.empty();

    @Option(names = "--scenarios", paramLabel = "DIR",
            description = "Folder of scenarios, besides those that are shipped. Default: scenarios/ of the installation.")
    Optional<Path> scenarios = Optional.empty();

    /** Loads the plugins; broken ones are reported by name on stderr and the rest go on. */
    Emulator emulator(Output output) {
        return emulator(output, plugins, scenarios);
    }

    /** As {@link #emulator(Output)}, for a command that names the folders in its own way. */
    static Emulator emulator(Output output, Optional<Path> plugins, Optional<Path> scenarios) {
        Emulator emulator = Emulator.load(Installation.plugins(plugins), Installation.scenarios(scenarios));
        output.loaded(emulator);
        for (PluginProblem problem : emulator.problems()) {
            output.err().println("dmalab: plugin " + problem);
        }
        output.err().flush();
        return emulator;
    }

    /** Loads the plugins without a word about broken ones. */
    Emulator quietly() {
        return Emulator.load(Installation.plugins(plugins), Installation.scenarios(scenarios));
    }
}
