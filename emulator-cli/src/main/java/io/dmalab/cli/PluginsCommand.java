package io.dmalab.cli;

import io.dmalab.api.Extension;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.scenario.Options;
import java.util.Locale;
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
    @Command(name = "show", description = "Shows a plugin: module, location, every extension with its options.",
            footerHeading = "%nExamples:%n", footer = "  dmalab plugins show core")
    static final class Show implements Callable<Integer> {
        @Mixin
        Output output;

        @Mixin
        Machinery machinery;

        @Parameters(paramLabel = "ID", description = "Id of the plugin.")
        String id;

        @Override
        public Integer call() {
            LoadedPlugin plugin = machinery.emulator(output).plugin(id);
            if (output.json) {
                var node = Json.object("plugin").put("id", plugin.id()).put("version", plugin.version()).put("module", plugin.module())
                        .put("location", plugin.location()).put("summary", plugin.summary());
                ArrayNode list = node.putArray("extensions");
                plugin.extensions().forEach(e -> list.addObject().put("spi", e.spi().getSimpleName()).put("id", e.id())
                        .put("summary", e.summary()));
                Json.print(output.out(), node);
                return 0;
            }
            output.out().printf(Locale.ROOT, "%s %s%n  %s%n  module %s%n  from %s%n", plugin.id(), plugin.version(), plugin.summary(),
                    plugin.module(), plugin.location());
            for (Extension<?> e : plugin.extensions()) {
                output.out().printf(Locale.ROOT, "%n  %s %s%n      %s%n", e.spi().getSimpleName(), e.id(), e.summary());
                e.options().map(Options::of).ifPresent(list -> ExtensionReport.print(output.out(), "        ", list));
            }
            output.out().flush();
            return 0;
        }
    }
}
