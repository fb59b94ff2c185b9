package io.dmalab.cli;

import io.dmalab.core.kernel.ModelFailure;
import io.dmalab.core.plugin.Culprit;
import io.dmalab.core.plugin.PluginFault;
import java.util.Optional;

/** What a user is told about a defect of dmalab or of a plugin: one line. */
final class Defect {
    private Defect() {}

    /** @param culprit the plugin whose code failed; a failure inside a machine says it itself */
    static String text(Throwable e, Optional<Culprit> culprit) {
        String what = e instanceof ModelFailure || e instanceof PluginFault ? e.getMessage()
                : "defect" + culprit.map(plugin -> (plugin.own() ? " of " : " in code called by ") + plugin).orElse("") + ": " + e;
        return "dmalab: " + what.strip().replaceAll("\\s*\\R\\s*", " ") + "; run again with --debug for the stack trace, and report it";
    }
}
