package io.dmalab.core.schema;

import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Rate;
import io.dmalab.api.config.Span;
import io.dmalab.core.scenario.Options;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The part of a schema that describes options: their types with the patterns of units, their defaults, what they mean. */
final class OptionSchema {
    static final String DEFINITIONS = "definitions";
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String NUMBER = "[0-9]+(\\.[0-9]+)?\\s*";

    /** Types that many options share, by the name of their definition. */
    private static final Map<Type, String> NAMES = Map.ofEntries(
            Map.entry(Span.class, "duration"), Map.entry(ByteSize.class, "size"), Map.entry(Rate.class, "packetRate"),
            Map.entry(BitRate.class, "bitRate"), Map.entry(HoldTime.class, "holdTime"), Map.entry(int.class, "whole"),
                    Map.entry(long.class, "whole"),
            Map.entry(Integer.class, "whole"), Map.entry(Long.class, "whole"), Map.entry(boolean.class, "switch"),
                    Map.entry(Boolean.class, "switch"));

    private OptionSchema() {}

    static ObjectNode definitions() {
        ObjectNode all = NODES.objectNode();
        all.set("duration", text("^(" + NUMBER + "(ns|us|ms|s|min|h)|forever)$",
                "a duration with its unit: ns, us, ms, s, min, h; or forever"));
        all.set("size", text("^" + NUMBER + "(B|KiB|MiB|GiB|TiB)$", "a size with its unit: B, KiB, MiB, GiB, TiB"));
        all.set("packetRate", text("^" + NUMBER + "(pps|kpps|Mpps)$", "packets per second with the unit: pps, kpps, Mpps"));
        all.set("bitRate", text("^" + NUMBER + "[kMG]?bit/s$", "bits per second with the unit: bit/s, kbit/s, Mbit/s, Gbit/s"));
        ObjectNode whole = NODES.objectNode().put("description", "a whole number; k, M and G multiply by a thousand, 0x is hexadecimal");
        whole.putArray("anyOf").add(NODES.objectNode().put("type", "integer"))
                .add(NODES.objectNode().put("type", "string").put("pattern", "^(-?[0-9]+[kMG]?|0x[0-9a-fA-F]+)$"));
        all.set("whole", whole);
        ObjectNode onOff = NODES.objectNode().put("description", "on or off");
        onOff.putArray("enum").add("on").add("off").add("yes").add("no").add(true).add(false);
        all.set("switch", onOff);
        all.set("holdTime", holdTime());
        return all;
    }

    private static ObjectNode text(String pattern, String doc) {
        return NODES.objectNode().put("type", "string").put("pattern", pattern).put("description", doc);
    }

    private static ObjectNode holdTime() {
        ObjectNode hold = NODES.objectNode().put("description", "how long something is held: a duration, or a distribution of durations");
        ArrayNode forms = hold.putArray("anyOf").add(reference("duration"));
        forms.add(form("exponential", Map.of("mean", reference("duration"))));
        forms.add(form("log-normal", Map.of("median", reference("duration"), "p99", reference("duration"))));
        forms.add(form("pareto", Map.of("alpha", NODES.objectNode().put("type", "number"), "min", reference("duration"), "cap",
                reference("duration"))));
        forms.add(form("uniform", Map.of("min", reference("duration"), "max", reference("duration"))));
        ObjectNode oneOf = closed();
        oneOf.putObject("properties").set("one-of", list(reference("duration")));
        oneOf.putArray("required").add("one-of");
        forms.add(oneOf);
        forms.add(quantiles());
        return hold;
    }

    private static ObjectNode quantiles() {
        ObjectNode points = closed();
        points.putObject("patternProperties").set("^p[0-9]{1,3}(\\.[0-9]{1,6})?$", reference("duration"));
        points.putArray("required").add("p0").add("p100");
        ObjectNode outer = closed();
        outer.putObject("properties").set("quantiles", points);
        outer.putArray("required").add("quantiles");
        return outer;
    }

    private static ObjectNode form(String name, Map<String, ObjectNode> parameters) {
        ObjectNode inner = closed();
        ObjectNode properties = inner.putObject("properties");
        ArrayNode required = inner.putArray("required");
        parameters.keySet().stream().sorted().forEach(key -> {
            properties.set(key, parameters.get(key));
            required.add(key);
        });
        ObjectNode outer = closed();
        outer.putObject("properties").set(name, inner);
        outer.putArray("required").add(name);
        return outer;
    }

    static ObjectNode closed() {
        return NODES.objectNode().put("type", "object").put("additionalProperties", false);
    }

    static ObjectNode reference(String definition) {
        return NODES.objectNode().put("$ref", "#/" + DEFINITIONS + "/" + definition);
    }

    /** A list, or a single value, which counts as a list of one. */
    static ObjectNode list(ObjectNode element) {
        ObjectNode either = NODES.objectNode();
        ObjectNode array = NODES.objectNode().put("type", "array");
        array.set("items", element);
        either.putArray("anyOf").add(array).add(element);
        return either;
    }

    /** Adds a record's options to the properties of an object. */
    static void add(List<Options.Info> options, ObjectNode properties, ArrayNode required) {
        for (Options.Info option : options) {
            properties.set(option.name(), describe(option));
            if (option.required()) {
                required.add(option.name());
            }
        }
    }

    private static ObjectNode describe(Options.Info option) {
        ObjectNode type = option.shape() == Options.Shape.LIST ? list(type(option)) : type(option);
        ObjectNode described = NODES.objectNode().put("description", option.doc());
        option.byDefault().ifPresent(value -> described.put("default", value));
        // beside a $ref draft-07 ignores everything, so the type goes into an allOf
        described.putArray("allOf").add(type);
        return described;
    }

    private static ObjectNode type(Options.Info option) {
        String name = NAMES.get(option.type());
        if (name != null) {
            return reference(name);
        }
        if (!option.choices().isEmpty()) {
            ObjectNode choice = NODES.objectNode();
            ArrayNode values = choice.putArray("enum");
            option.choices().forEach(values::add);
            return choice;
        }
        ObjectNode scalar = NODES.objectNode();
        if (option.type() == double.class || option.type() == Double.class) {
            return scalar.put("type", "number");
        }
        scalar.putArray("type").add("string").add("number").add("boolean");
        return scalar;
    }
}
