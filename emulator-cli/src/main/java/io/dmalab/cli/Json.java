package io.dmalab.cli;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Machine-readable output; docs/json.md describes it. Numbers carry their unit last in the name. */
final class Json {
    /** Raised when a field changes its meaning or goes. */
    static final int SCHEMA_VERSION = 1;

    private static final JsonMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    static ObjectNode object(String kind) {
        return MAPPER.createObjectNode().put("schemaVersion", SCHEMA_VERSION).put("kind", kind);
    }

    static void print(PrintWriter out, ObjectNode node) {
        out.println(MAPPER.writeValueAsString(node));
        out.flush();
    }

    /** @param log whether the kernel log is wanted */
    static ObjectNode run(RunResult result, String token, boolean wantsLog) {
        ObjectNode node = object("run");
        node.put("scenario", result.scenario()).put("policy", result.policy()).put("seed", result.seed());
        node.put("kernel", result.kernel()).put("hz", result.hz()).put("kasan", result.kasan());
        node.put("digest", result.digestText()).put("replay", token);
        node.put("verdict", result.clean() ? "CLEAN" : result.worst().name()).put("end", result.end());
        node.put("virtualNanos", result.virtualNanos()).put("events", result.events());
        ArrayNode removals = node.putArray("removals");
        result.removals().forEach(r -> removal(removals.addObject(), r, result));
        ObjectNode metrics = node.putObject("metrics");
        result.metrics().forEach(metrics::put);
        ArrayNode findings = node.putArray("findings");
        result.findings().forEach(f -> finding(findings.addObject(), f));
        ArrayNode log = node.putArray("log");
        List<LogLine> lines = wantsLog ? result.log() : List.of();
        lines.forEach(line -> log.addObject().put("nanos", line.timeNanos())
                .put("level", line.level().name().toLowerCase(Locale.ROOT)).put("text", line.text()));
        return node;
    }

    private static void removal(ObjectNode node, Removal removal, RunResult result) {
        node.put("device", removal.device()).put("outcome", removal.outcome()).put("startNanos", removal.startNanos());
        node.put("blockedNanos", removal.blockedNanos(result.virtualNanos())).put("finished", removal.endNanos().isPresent());
        node.put("directMapped", removal.directMapped());
        node.put("mappedBefore", removal.mappedBefore()).put("mappedAfter", removal.mappedAfter());
    }

    static void finding(ObjectNode node, FindingRecord finding) {
        node.put("kind", finding.kind().toString()).put("grade", finding.kind().grade().name());
        node.put("subject", finding.subject()).put("detail", finding.detail());
        node.put("firstNanos", finding.firstNanos()).put("occurrences", finding.occurrences()).put("where", finding.where());
        ArrayNode stacks = node.putArray("stacks");
        for (FindingRecord.Stack stack : finding.stacks()) {
            ObjectNode one = stacks.addObject().put("title", stack.title()).put("task", stack.task()).put("nanos", stack.timeNanos());
            ArrayNode functions = one.putArray("functions");
            stack.functions().forEach(functions::add);
        }
    }
}
