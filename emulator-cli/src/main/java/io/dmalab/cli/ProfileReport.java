package io.dmalab.cli;

import io.dmalab.api.profile.Profile;
import io.dmalab.api.profile.ProfileSet;
import io.dmalab.api.profile.Property;
import io.dmalab.core.plugin.Registered;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints one profile, and in which properties it differs from another. */
final class ProfileReport {
    private final Output output;
    private final Registered<ProfileSet> set;
    private final Profile shown;
    private final Optional<Profile> other;

    ProfileReport(Output output, Registered<ProfileSet> set, Profile shown, Optional<Profile> other) {
        this.output = output;
        this.set = set;
        this.shown = shown;
        this.other = other;
    }

    void text() {
        PrintWriter out = output.out();
        out.printf(Locale.ROOT, "%s (%s profile, plugin %s)%n  %s%n", shown.id(), set.id(), set.pluginId(), shown.summary());
        other.ifPresent(o -> out.printf(Locale.ROOT, "  * differs from %s, whose value stands below%n", o.id()));
        out.println();
        for (Property property : shown.properties()) {
            String elsewhere = elsewhere(property).filter(value -> !value.equals(property.value())).orElse(null);
            out.printf(Locale.ROOT, "%s %s = %s%n", elsewhere == null ? " " : "*", property.name(), visible(property.value()));
            if (elsewhere != null) {
                out.printf(Locale.ROOT, "      %s: %s%n", other.orElseThrow().id(), visible(elsewhere));
            }
            for (String line : Description.lines(sentence(property), 90)) {
                out.println("      " + line);
            }
        }
        out.flush();
    }

    void json() {
        ObjectNode node = Json.object("profile").put("id", shown.id()).put("set", set.id()).put("plugin", set.pluginId())
                .put("summary", shown.summary());
        other.ifPresent(o -> node.put("against", o.id()));
        ArrayNode properties = node.putArray("properties");
        for (Property property : shown.properties()) {
            ObjectNode one = properties.addObject().put("name", property.name()).put("value", property.value())
                    .put("meaning", property.meaning()).put("source", property.source());
            elsewhere(property).ifPresent(value -> one.put("against", value).put("differs", !value.equals(property.value())));
        }
        Json.print(output.out(), node);
    }

    private Optional<String> elsewhere(Property property) {
        return other.flatMap(o -> o.properties().stream().filter(p -> p.name().equals(property.name())).findFirst()).map(Property::value);
    }

    private static String sentence(Property property) {
        return property.meaning() + (property.source().isEmpty() ? "" : " [" + property.source() + "]");
    }

    /** Blanks at the end and nothing at all are seen only in quotes. */
    private static String visible(String value) {
        return value.isEmpty() || !value.equals(value.strip()) ? "\"" + value + "\"" : value;
    }
}
