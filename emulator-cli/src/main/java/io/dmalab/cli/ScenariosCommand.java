package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.scenario.Scenario;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** {@code dmalab scenarios [show NAME | schema]}. */
@Command(name = "scenarios", description = "Lists the scenarios, shows one, or prints their JSON Schema.",
        subcommands = {ScenariosCommand.Show.class, ScenariosCommand.Schema.class},
        synopsisSubcommandLabel = "[COMMAND]",
        footerHeading = "%nExamples:%n", footer = {"  dmalab scenarios", "  dmalab scenarios show fragment-30s"})
final class ScenariosCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        if (output.json) {
            var node = Json.object("scenarios");
            ArrayNode list = node.putArray("scenarios");
            emulator.scenarios().forEach(s -> list.addObject().put("id", s.id()).put("summary", s.summary()));
            ArrayNode worlds = node.putArray("worlds");
            emulator.worlds().forEach(s -> worlds.addObject().put("id", s.id()).put("summary", s.summary()));
            Json.print(output.out(), node);
            return 0;
        }
        Columns columns = new Columns("");
        for (Scenario scenario : emulator.scenarios()) {
            columns.row(scenario.id(), scenario.summary());
        }
        columns.print(output.out());
        Columns worlds = new Columns("");
        emulator.worlds().forEach(world -> worlds.row(world.id(), world.summary()));
        output.out().printf("%nSmall worlds for 'dmalab explore':%n%n");
        worlds.print(output.out());
        return 0;
    }

    /** Prints a scenario as it is written. */
    @Command(name = "show", description = "Prints a scenario's file.",
            footerHeading = "%nExamples:%n", footer = "  dmalab scenarios show fragment-30s")
    static final class Show implements Callable<Integer> {
        @Mixin
        Output output;

        @Mixin
        Machinery machinery;

        @Parameters(paramLabel = "NAME", completionCandidates = Candidates.ScenariosAndWorlds.class,
                description = "Name of a scenario, or a YAML file.")
        String name;

        @Override
        public Integer call() {
            String text = machinery.emulator(output).scenarioText(name);
            if (output.json) {
                Json.print(output.out(), Json.object("scenario").put("id", name).put("yaml", text));
            } else {
                output.out().print(text);
                output.out().flush();
            }
            return 0;
        }
    }

    /** Prints the JSON Schema, for editors. */
    @Command(name = "schema", description = "Prints the JSON Schema of scenario files, with the options of every loaded plugin.",
            footerHeading = "%nExamples:%n", footer = "  dmalab scenarios schema")
    static final class Schema implements Callable<Integer> {
        @Mixin
        Output output;

        @Mixin
        Machinery machinery;

        @Override
        public Integer call() {
            output.out().println(machinery.emulator(output).scenarioSchema());
            output.out().flush();
            return 0;
        }
    }
}
