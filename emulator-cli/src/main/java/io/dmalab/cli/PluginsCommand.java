package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.LoadedPlugin;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code dmalab plugins [show ID]}. */
@Command(name = "plugins", description = "Lists the plugins and what they provide.", subcommands = PluginsCommand.Show.class,
        synopsisSubcommandLabel = "[COMMAND]",
        footerHeading = "%nExamples:%n", footer = {"  dmalab plugins", "  dmalab plugins show core"})
final class PluginsCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        if (output.json) {
            var node = Json.object("plugins");
            ArrayNode list = node.putArray("plugins");
            emulator.plugins().forEach(p -> list.addObject().put("id", p.id()).put("version", p.version()).put("module", p.module())
                    .put("location", p.location()).put("summary", p.summary()).put("extensions", p.extensions().size()));
            ArrayNode problems = node.putArray("problems");
            emulator.problems().forEach(p -> problems.addObject().put("where", p.where()).put("cause", p.cause())
                    .put("remedy", p.remedy()));
            Json.print(output.out(), node);
            return code(emulator);
        }
        Columns columns = new Columns("");
        for (LoadedPlugin plugin : emulator.plugins()) {
            columns.row(plugin.id(), plugin.version(), plugin.extensions().size() + " extensions", plugin.summary());
        }
        columns.print(output.out());
        return code(emulator);
    }

    /** A broken plugin is bad input where plugins are what was asked about; other commands go on without it. */
    private static int code(Emulator emulator) {
        return emulator.problems().isEmpty() ? 0 : Main.BAD_INPUT;
    }

    /** One plugin with all its extensions. */
    @Command(name = "show", description = "Shows a plugin: where it comes from, what it requires, every service and extension.",
            footerHeading = "%nExamples:%n", footer = "  dmalab plugins show core")
    static final class Show implements Callable<Integer> {
        @Mixin
        Output output;

        @Mixin
        Machinery machinery;

        @Parameters(paramLabel = "ID", completionCandidates = Candidates.Plugins.class, description = "Id of the plugin.")
        String id;

        @Override
        public Integer call() {
            new PluginReport(output).print(machinery.emulator(output).plugin(id));
            return 0;
        }
    }
}
