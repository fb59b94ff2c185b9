package io.dmalab.cli;

import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** Reads the option {@code --policies}. */
final class PolicyList {
    /** Stands for every policy there is. */
    static final String ALL = "all";

    private PolicyList() {}

    /** @throws BadInput if the option is there and names nothing, as "," does */
    static void check(CommandSpec command, List<String> parts) {
        if (parts.isEmpty() && command.commandLine().getParseResult().hasMatchedOption("--policies")) {
            throw BadInput.of("--policies", "no policy is named", "write e.g. legacy,wait-for-drain,cap=10s, or all");
        }
    }

    /**
     * Policies in the order asked for, each once. The list is split at commas, and so are a policy's options: {@code a,b,cap=10s} is a, and b
     * with an option.
     */
    static List<Configured> read(Emulator emulator, List<String> parts) {
        List<String> texts = new ArrayList<>();
        for (String part : parts) {
            if (part.equals(ALL)) {
                emulator.extensions(FreePolicy.class).stream().map(Registered::id).forEach(texts::add);
            } else if (part.contains("=") && !texts.isEmpty()) {
                texts.add(texts.removeLast() + "," + part);
            } else {
                texts.add(part);
            }
        }
        Set<String> named = new LinkedHashSet<>();
        List<Configured> policies = new ArrayList<>();
        for (String text : texts) {
            Configured policy = Configured.parse(text, "--policies");
            if (named.add(name(policy))) {
                policies.add(policy);
            }
        }
        return policies;
    }

    /** Id and options, as tables show them. */
    static String name(Configured policy) {
        return policy.text().orElse(policy.id());
    }
}
