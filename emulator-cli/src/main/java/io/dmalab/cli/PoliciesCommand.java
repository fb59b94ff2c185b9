package io.dmalab.cli;

import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Registered;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code dmalab policies [show ID]}. */
@Command(name = "policies", description = "Lists the policies, or shows one in words.", subcommands = PoliciesCommand.Show.class,
        synopsisSubcommandLabel = "[COMMAND]",
        footerHeading = "%nExamples:%n", footer = {"  dmalab policies", "  dmalab policies show legacy"})
final class PoliciesCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        if (output.json) {
            var node = Json.object("policies");
            ArrayNode list = node.putArray("policies");
            emulator.extensions(FreePolicy.class).forEach(p -> list.addObject().put("id", p.extension().id())
                    .put("plugin", p.pluginId()).put("summary", p.extension().summary()));
            Json.print(output.out(), node);
            return 0;
        }
        Columns columns = new Columns("");
        for (Registered<?> policy : emulator.extensions(FreePolicy.class)) {
            columns.row(policy.id(), policy.extension().summary());
        }
        columns.print(output.out());
        return 0;
    }

    /** One policy: mechanism, origin, cost, failure modes, options. */
    @Command(name = "show", description = "Shows a policy: mechanism, origin, cost, failure modes, options.",
            footerHeading = "%nExamples:%n", footer = "  dmalab policies show wait-for-drain")
    static final class Show implements Callable<Integer> {
        @Mixin
        Output output;

        @Mixin
        Machinery machinery;

        @Parameters(paramLabel = "ID", completionCandidates = Candidates.Policies.class, description = "Id of the policy.")
        String id;

        @Override
        public Integer call() {
            new ExtensionReport(output).print(machinery.emulator(output).extension(FreePolicy.class, id));
            return 0;
        }
    }
}
