package io.dmalab.testkit.kit;

import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What the checks of one extension share, since JUnit makes a new instance of the kit for each: plugins, code, and runs that were made. */
final class Shared {
    private final Map<String, RunResult> runs = new LinkedHashMap<>();
    private Emulator emulator;
    private PluginCode code;

    Shared() {}

    Emulator emulator(Supplier<Emulator> load) {
        if (emulator == null) {
            emulator = load.get();
        }
        return emulator;
    }

    PluginCode code(Supplier<PluginCode> read) {
        if (code == null) {
            code = read.get();
        }
        return code;
    }

    RunResult run(String special, Supplier<RunResult> make) {
        RunResult known = runs.get(special);
        if (known == null) {
            known = make.get();
            runs.put(special, known);
        }
        return known;
    }
}
