package io.dmalab.testkit.kit.world;

import io.dmalab.api.Components;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Holders;
import jakarta.inject.Inject;

/** Action {@code kit-script}: a check's own code as a task of the machine. */
public final class ScriptAction implements Action {
    /** Options. */
    public record Options(@Option(doc = "number of the script") long script) {}

    private final Bench bench;
    private final Options options;

    @Inject
    public ScriptAction(Kernel kernel, Components components, Platform platform, Holders holders, Options options) {
        this.bench = new Bench(kernel, components, platform, holders);
        this.options = options;
    }

    @Override
    public String comm() {
        return "kit-script";
    }

    @Override
    public void run() {
        Scripts.get(options.script()).run(bench);
    }
}
