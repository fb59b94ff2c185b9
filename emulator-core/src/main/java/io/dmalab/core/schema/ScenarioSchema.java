package io.dmalab.core.schema;

import io.dmalab.api.Extension;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Workload;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.plugin.PluginRegistry;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.scenario.Options;
import io.dmalab.core.scenario.Scenario;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON Schema of scenario files. Draft-07, because that is what editors' YAML support reads. Made from the same {@code @Option}
 * annotations that the reader uses, with every extension of the loaded plugins.
 */
public final class ScenarioSchema {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final PluginRegistry registry;
    private final ObjectNode definitions = OptionSchema.definitions();

    private ScenarioSchema(PluginRegistry registry) {
        this.registry = registry;
    }

    public static String of(PluginRegistry registry) {
        ObjectNode schema = new ScenarioSchema(registry).schema();
        return JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsString(schema);
    }

    private ObjectNode schema() {
        ObjectNode schema = NODES.objectNode().put("$schema", "http://json-schema.org/draft-07/schema#").put("$id", "urn:dmalab:scenario:1")
                .put("title", "dmalab scenario").put("type", "object").put("additionalProperties", false);
        ArrayNode required = schema.putArray("required").add("scenario").add("devices");
        ObjectNode properties = schema.putObject("properties");
        properties.set("scenario", string("name of the scenario; that of its file"));
        properties.set("summary", string("one line for lists"));
        properties.set("story", string("what happens here, for people"));
        OptionSchema.add(Options.of(Scenario.Settings.class), properties, required);
        kernels((ObjectNode) properties.get("kernel"));
        properties.set("memory", section(Scenario.Memory.class));
        properties.set("limits", section(Scenario.Limits.class));
        properties.set("explore", section(Scenario.Exploration.class));
        properties.set("platform", choice(Platform.class, "platform"));
        properties.set("devices", OptionSchema.list(device()));
        properties.set("holders", OptionSchema.list(extensions(BufferHolder.class, "holder", "id", Map.of("share", share()))));
        properties.set("notifiers", OptionSchema.list(choice(HotplugNotifier.class, "notifier")));
        properties.set("steps", OptionSchema.list(extensions(Action.class, "action", "do", Map.of("at", at()))));
        properties.set("policy", choice(FreePolicy.class, "policy"));
        properties.set("expect", expect());
        schema.set(OptionSchema.DEFINITIONS, definitions);
        return schema;
    }

    private static ObjectNode string(String doc) {
        return NODES.objectNode().put("type", "string").put("description", doc);
    }

    private static void kernels(ObjectNode kernel) {
        ArrayNode profiles = kernel.putArray("enum");
        KernelProfile.all().forEach(profile -> profiles.add(profile.id()));
    }

    private static ObjectNode section(Class<? extends Record> record) {
        ObjectNode section = OptionSchema.closed();
        ArrayNode required = section.putArray("required");
        OptionSchema.add(Options.of(record), section.putObject("properties"), required);
        return section;
    }

    private ObjectNode device() {
        ObjectNode device = OptionSchema.closed();
        device.putArray("required").add("name").add("driver");
        ObjectNode properties = device.putObject("properties");
        properties.set("name", string("name of the device in this scenario; that of its interface if it is a NIC"));
        properties.set("driver", choice(DeviceDriver.class, "driver"));
        properties.set("traffic", choice(Workload.class, "workload"));
        return device;
    }

    private static ObjectNode share() {
        return NODES.objectNode().put("type", "number").put("minimum", 0).put("maximum", 1)
                .put("description", "fraction of the received packets that this holder gets");
    }

    private static ObjectNode at() {
        ObjectNode at = NODES.objectNode().put("description", "virtual time since the scenario's start");
        at.putArray("allOf").add(OptionSchema.reference("duration"));
        return at;
    }

    /** An extension by its bare id, or as a mapping with its options. */
    private <T> ObjectNode choice(Class<T> spi, String kind) {
        ObjectNode choice = NODES.objectNode();
        choice.putArray("anyOf").add(ids(spi)).add(extensions(spi, kind, "id", Map.of()));
        return choice;
    }

    private ObjectNode ids(Class<?> spi) {
        ObjectNode ids = NODES.objectNode();
        ArrayNode values = ids.putArray("enum");
        registry.ids(spi).forEach(values::add);
        return ids;
    }

    /**
     * The id decides what else there may be, by if and then: so an editor complains about the one extension that is meant.
     *
     * @param more keys beside the id and the options, all of them required
     */
    private <T> ObjectNode extensions(Class<T> spi, String kind, String idKey, Map<String, ObjectNode> more) {
        ObjectNode any = NODES.objectNode().put("type", "object");
        any.putArray("required").add(idKey);
        any.putObject("properties").set(idKey, ids(spi));
        ArrayNode all = NODES.arrayNode();
        for (Registered<T> registered : registry.extensions(spi)) {
            String name = kind + "." + registered.id();
            definitions.set(name, extension(registered.extension(), idKey, more));
            ObjectNode one = all.addObject();
            one.putObject("if").putObject("properties").putObject(idKey).put("const", registered.id());
            one.set("then", OptionSchema.reference(name));
        }
        if (!all.isEmpty()) {
            any.set("allOf", all);
        }
        return any;
    }

    private static ObjectNode extension(Extension<?> extension, String idKey, Map<String, ObjectNode> more) {
        ObjectNode object = OptionSchema.closed().put("description", extension.summary());
        ArrayNode required = object.putArray("required").add(idKey);
        ObjectNode properties = object.putObject("properties");
        properties.putObject(idKey).put("const", extension.id());
        new TreeMap<>(more).forEach((key, value) -> {
            properties.set(key, value);
            required.add(key);
        });
        extension.options().ifPresent(record -> OptionSchema.add(Options.of(record), properties, required));
        return object;
    }

    private ObjectNode expect() {
        ObjectNode kinds = NODES.objectNode();
        ArrayNode values = kinds.putArray("enum").add("clean");
        List.of(FindingKind.values()).forEach(kind -> values.add(kind.toString()));
        ObjectNode expect = NODES.objectNode().put("type", "object")
                .put("description", "what a run under a policy is expected to find; clean: nothing");
        expect.set("additionalProperties", OptionSchema.list(kinds));
        return expect;
    }
}
