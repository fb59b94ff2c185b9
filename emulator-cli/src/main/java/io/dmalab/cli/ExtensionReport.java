package io.dmalab.cli;

import io.dmalab.api.Extension;
import io.dmalab.api.config.Option;
import io.dmalab.core.plugin.Registered;
import java.io.PrintWriter;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints one extension in words, with its options and their defaults. */
final class ExtensionReport {
    private final Output output;

    ExtensionReport(Output output) {
        this.output = output;
    }

    void print(Registered<?> registered) {
        Extension<?> extension = registered.extension();
        if (output.json) {
            ObjectNode node = Json.object("extension").put("id", extension.id()).put("spi", extension.spi().getSimpleName())
                    .put("plugin", registered.pluginId()).put("summary", extension.summary()).put("description", extension.description());
            ArrayNode options = node.putArray("options");
            extension.options().ifPresent(record -> {
                for (RecordComponent c : record.getRecordComponents()) {
                    Option option = c.getAnnotation(Option.class);
                    options.addObject().put("name", kebab(c.getName())).put("default", option.value()).put("doc", option.doc());
                }
            });
            Json.print(output.out(), node);
            return;
        }
        PrintWriter out = output.out();
        out.printf(Locale.ROOT, "%s (%s, plugin %s)%n  %s%n", extension.id(), extension.spi().getSimpleName(), registered.pluginId(),
                extension.summary());
        extension.description().lines().forEach(line -> out.println("  " + line));
        extension.options().ifPresent(record -> {
            out.println("  options:");
            for (RecordComponent c : record.getRecordComponents()) {
                Option option = c.getAnnotation(Option.class);
                out.printf(Locale.ROOT, "    %-14s %s%s%n", kebab(c.getName()), option.doc(),
                        option.value().isEmpty() ? " (required)" : " (default " + option.value() + ")");
            }
        });
        out.flush();
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
