package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.PluginProblem;
import io.dmalab.core.run.RunRequest;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of the commands that build machines: where plugins and scenarios are, and what is changed in the scenario. */
final class Machinery {
    /** Values of {@code --kasan}. */
    enum Switch { ON, OFF }

    @Option(names = "--plugins", paramLabel = "DIR", description = "Folder of drop-in plugin jars. Default: plugins/ of the installation.")
    Optional<Path> plugins = Optional.empty();

    @Option(names = "--scenarios", paramLabel = "DIR", description = "Folder of scenarios. Default: scenarios/ of the installation.")
    Optional<Path> scenarios = Optional.empty();

    @Option(names = "--kasan", paramLabel = "on|off", description = "Lifetime checker on, or off as in a production kernel.")
    Optional<Switch> kasan = Optional.empty();

    @Option(names = "--kernel", paramLabel = "PROFILE", description = "Kernel profile instead of the scenario's, e.g. v6.14.")
    Optional<String> kernel = Optional.empty();

    /** Loads the plugins; broken ones are reported by name on stderr and the rest go on. */
    Emulator emulator(Output output) {
        Emulator emulator = Emulator.load(Installation.plugins(plugins), Installation.scenarios(scenarios));
        for (PluginProblem problem : emulator.problems()) {
            output.err().println("dmalab: " + problem);
        }
        return emulator;
    }

    RunRequest apply(RunRequest request) {
        return request.withKasan(kasan.map(k -> k == Switch.ON)).withKernel(kernel);
    }
}
