package io.dmalab.core.run;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.time.StreamDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The figures of one run as one line of JSON, with everything that they depend on; docs/json.md describes it. */
public final class SampleJson {
    /** Raised when a field changes its meaning or goes. */
    public static final int FORMAT = 1;

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Map<String, FindingKind> KINDS = kinds();

    private SampleJson() {}

    private static Map<String, FindingKind> kinds() {
        Map<String, FindingKind> kinds = new TreeMap<>();
        for (FindingKind kind : FindingKind.values()) {
            kinds.put(kind.toString(), kind);
        }
        return kinds;
    }

    /** Hash of all that a run's result depends on: text of the scenario, policy with options, seed, changes, model. */
    public static String key(RunRequest request, String model) {
        StreamDigest digest = new StreamDigest();
        digest.mixText(request.scenario().text());
        digest.mixText(request.policyName());
        digest.mix(request.seed());
        digest.mixText(request.changes().text());
        digest.mixText(model);
        return String.format(Locale.ROOT, "%016x", digest.value());
    }

    /** @param model what {@code Emulator.model()} says @return one line without its end */
    public static String line(RunRequest request, Sample sample, String model) {
        ObjectNode node = MAPPER.createObjectNode().put("format", FORMAT).put("key", key(request, model));
        node.put("scenario", request.scenario().id()).put("policy", request.policyName()).put("seed", sample.seed());
        node.put("changes", request.changes().text()).put("model", model);
        node.put("digest", hex(sample.digest())).put("history", hex(sample.history()));
        node.put("worst", sample.worst().name()).put("end", sample.end()).put("virtualNanos", sample.virtualNanos());
        node.put("events", sample.events()).put("logLines", sample.logLines());
        ObjectNode findings = node.putObject("findings");
        sample.findings().forEach((kind, occurrences) -> findings.put(kind.toString(), occurrences));
        ArrayNode removals = node.putArray("removals");
        sample.removals().forEach(removal -> removal(removals.addObject(), removal));
        ObjectNode metrics = node.putObject("metrics");
        sample.metrics().forEach(metrics::put);
        return MAPPER.writeValueAsString(node);
    }

    private static String hex(long digest) {
        return String.format(Locale.ROOT, "%016x", digest);
    }

    private static void removal(ObjectNode node, Removal removal) {
        node.put("device", removal.device()).put("startNanos", removal.startNanos());
        removal.endNanos().ifPresent(end -> node.put("endNanos", end));
        node.put("outcome", removal.outcome()).put("directMapped", removal.directMapped());
        node.put("mappedBefore", removal.mappedBefore()).put("mappedAfter", removal.mappedAfter()).put("history", hex(removal.history()));
    }

    /** The parsed line; empty if it is no object: damaged, or cut off. */
    static Optional<JsonNode> parse(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            return node != null && node.isObject() ? Optional.of(node) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** @throws RuntimeException if a field is missing or is not what it should be */
    static Sample sample(JsonNode node) {
        List<Removal> removals = new ArrayList<>();
        for (JsonNode r : node.required("removals").values()) {
            removals.add(new Removal(text(r, "device"), number(r, "startNanos"),
                    r.has("endNanos") ? OptionalLong.of(number(r, "endNanos")) : OptionalLong.empty(), text(r, "outcome"),
                    r.required("directMapped").asBoolean(), (int) number(r, "mappedBefore"), (int) number(r, "mappedAfter"),
                    Long.parseUnsignedLong(text(r, "history"), 16)));
        }
        Map<FindingKind, Long> findings = new EnumMap<>(FindingKind.class);
        node.required("findings").properties().forEach(e -> findings.put(KINDS.get(e.getKey()), e.getValue().longValue()));
        SortedMap<String, Long> metrics = new TreeMap<>();
        node.required("metrics").properties().forEach(e -> metrics.put(e.getKey(), e.getValue().longValue()));
        return new Sample(number(node, "seed"), Long.parseUnsignedLong(text(node, "digest"), 16),
                Long.parseUnsignedLong(text(node, "history"), 16), text(node, "end"), number(node, "virtualNanos"), number(node, "events"),
                removals, metrics, findings, number(node, "logLines"));
    }

    static String text(JsonNode node, String field) {
        return node.required(field).stringValue();
    }

    private static long number(JsonNode node, String field) {
        return node.required(field).longValue();
    }
}
