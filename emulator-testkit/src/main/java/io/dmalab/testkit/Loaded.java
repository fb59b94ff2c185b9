package io.dmalab.testkit;

import io.dmalab.core.Emulator;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The emulator of a test run: plugins are loaded once, by the first test that needs them. */
final class Loaded {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(Loaded.class);
    private static final String PLUGINS = "dmalab.plugins";
    private static final String SCENARIOS = "dmalab.scenarios";

    private Loaded() {}

    static Emulator emulator(ExtensionContext context) {
        ExtensionContext root = context.getRoot();
        return root.getStore(OURS).getOrComputeIfAbsent(Emulator.class,
                key -> Emulator.load(folder(root, PLUGINS), folder(root, SCENARIOS)), Emulator.class);
    }

    private static Optional<Path> folder(ExtensionContext root, String parameter) {
        return root.getConfigurationParameter(parameter).map(Path::of);
    }
}
