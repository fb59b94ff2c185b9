package io.dmalab.cli;

import io.dmalab.api.Extension;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.scenario.Options;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints one extension in words, with its options and their defaults. */
final class ExtensionReport {
    private static final int WIDTH = 100;

    private final Output output;

    ExtensionReport(Output output) {
        this.output = output;
    }

    void print(Registered<?> registered) {
        Extension<?> extension = registered.extension();
        if (output.json) {
            ObjectNode node = Json.object("extension").put("id", extension.id()).put("spi", extension.spi().getSimpleName())
                    .put("plugin", registered.pluginId()).put("summary", extension.summary()).put("description", extension.description());
            ArrayNode platforms = node.putArray("platforms");
            extension.platforms().forEach(platforms::add);
            ArrayNode options = node.putArray("options");
            extension.options().map(Options::of).orElse(List.of()).forEach(option -> option(options.addObject(), option));
            Json.print(output.out(), node);
            return;
        }
        PrintWriter out = output.out();
        out.printf(Locale.ROOT, "%s (%s, plugin %s)%n  %s%n", extension.id(), extension.spi().getSimpleName(), registered.pluginId(),
                extension.summary());
        Description.lines(extension.description(), WIDTH).forEach(line -> out.println("  " + line));
        if (!extension.platforms().isEmpty()) {
            out.println("  works on: " + String.join(", ", extension.platforms()));
        }
        extension.options().map(Options::of).filter(list -> !list.isEmpty()).ifPresent(list -> {
            out.println("  options:");
            print(out, "    ", list);
        });
        out.flush();
    }

    /** One line an option. */
    static void print(PrintWriter out, String indent, List<Options.Info> options) {
        Columns columns = new Columns(indent);
        for (Options.Info option : options) {
            String rest = option.required() ? " (required)" : option.byDefault().map(value -> " (default " + value + ")").orElse("");
            columns.row(option.name(), option.doc() + rest);
        }
        columns.print(out);
    }

    private static void option(ObjectNode node, Options.Info option) {
        node.put("name", option.name()).put("doc", option.doc()).put("required", option.required());
        option.byDefault().ifPresent(value -> node.put("default", value));
        if (!option.choices().isEmpty()) {
            ArrayNode choices = node.putArray("choices");
            option.choices().forEach(choices::add);
        }
    }
}
