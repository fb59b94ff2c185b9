package io.dmalab.cli;

import io.dmalab.api.ApiVersion;
import io.dmalab.api.Extension;
import io.dmalab.api.kernel.EventType;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.ModelRules;
import io.dmalab.core.plugin.Service;
import io.dmalab.core.scenario.Options;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints one plugin: where it comes from, what it needs, all that it offers, and what in its code is against the rules of models. */
final class PluginReport {
    private final Output output;

    PluginReport(Output output) {
        this.output = output;
    }

    void print(LoadedPlugin plugin) {
        List<ModelRules.Breach> breaches = ModelRules.breaches(plugin);
        if (output.json) {
            Json.print(output.out(), json(plugin, breaches));
            return;
        }
        PrintWriter out = output.out();
        out.printf(Locale.ROOT, "%s %s%n  %s%n  module %s%n  from %s%n", plugin.id(), plugin.version(), plugin.summary(), plugin.module(),
                plugin.location());
        out.printf(Locale.ROOT, "  plugin API %s%n", plugin.builtFor().map(version -> version + ", and this is " + ApiVersion.CURRENT)
                .orElse("not known: neither a module-info nor its manifest says it; this is " + ApiVersion.CURRENT));
        out.printf(Locale.ROOT, "  requires %s%n", plugin.requires().isEmpty() ? "no other plugin" : String.join(", ", plugin.requires()));
        for (Service<?> service : plugin.services()) {
            out.printf(Locale.ROOT, "  service %s, by %s%n", service.api().getName(), service.implementation().getName());
        }
        if (!plugin.events().isEmpty()) {
            out.printf(Locale.ROOT, "  trace events %s%n", plugin.events().stream().map(EventType::name).collect(Collectors.joining(", ")));
        }
        breaches.forEach(breach -> out.printf(Locale.ROOT, "  %s %s uses %s, %s; %s%n", Colours.yellow("note"), breach.method(), breach.uses(),
                breach.ban().what(), breach.ban().instead()));
        for (Extension<?> e : plugin.extensions()) {
            out.printf(Locale.ROOT, "%n  %s %s%n      %s%n", e.spi().getSimpleName(), e.id(), e.summary());
            e.options().map(Options::of).ifPresent(list -> ExtensionReport.print(out, "        ", list));
        }
        out.flush();
    }

    private static ObjectNode json(LoadedPlugin plugin, List<ModelRules.Breach> breaches) {
        ObjectNode node = Json.object("plugin").put("id", plugin.id()).put("version", plugin.version()).put("module", plugin.module())
                .put("location", plugin.location()).put("summary", plugin.summary()).put("api", ApiVersion.CURRENT.toString());
        plugin.builtFor().ifPresent(version -> node.put("builtFor", version.toString()));
        ArrayNode requires = node.putArray("requires");
        plugin.requires().forEach(requires::add);
        ArrayNode services = node.putArray("services");
        plugin.services().forEach(service -> services.addObject().put("type", service.api().getName())
                .put("implementation", service.implementation().getName()));
        ArrayNode events = node.putArray("events");
        plugin.events().forEach(event -> events.add(event.name()));
        ArrayNode extensions = node.putArray("extensions");
        plugin.extensions().forEach(e -> extensions.addObject().put("spi", e.spi().getSimpleName()).put("id", e.id())
                .put("summary", e.summary()));
        ArrayNode against = node.putArray("breaches");
        breaches.forEach(b -> against.addObject().put("method", b.method()).put("uses", b.uses().toString()).put("what", b.ban().what())
                .put("instead", b.ban().instead()));
        return node;
    }
}
