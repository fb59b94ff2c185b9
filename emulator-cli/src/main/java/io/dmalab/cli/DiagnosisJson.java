package io.dmalab.cli;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Place;
import io.dmalab.core.log.LogDiagnosis;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Diagnoses as JSON; docs/json.md and docs/schema/diagnosis.json describe it. */
final class DiagnosisJson {
    private DiagnosisJson() {}

    static ObjectNode of(List<LogDiagnosis> logs) {
        ObjectNode node = Json.object("diagnosis");
        ArrayNode array = node.putArray("logs");
        logs.forEach(log -> log(array.addObject(), log));
        return node;
    }

    private static void log(ObjectNode node, LogDiagnosis log) {
        node.put("file", log.file()).put("lines", log.lines());
        ArrayNode diagnoses = node.putArray("diagnoses");
        log.diagnoses().forEach(d -> diagnosis(diagnoses.addObject(), d));
        ArrayNode course = node.putArray("course");
        log.course().forEach(m -> moment(course.addObject(), m));
        strings(node.putArray("links"), log.links());
    }

    private static void diagnosis(ObjectNode node, Diagnosis d) {
        node.put("failure", d.failure()).put("title", d.title()).put("nature", d.nature().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        node.put("certainty", d.certainty().toString()).put("why", d.why());
        ArrayNode evidence = node.putArray("evidence");
        d.evidence().forEach(p -> place(evidence.addObject(), p));
        ArrayNode fields = node.putArray("fields");
        d.fields().forEach(f -> fields.addObject().put("name", f.name()).put("raw", DiagnosisReport.plain(f.raw())).put("meaning",
                DiagnosisReport.plain(f.meaning())));
        strings(node.putArray("readings"), d.readings());
        node.put("missingOrder", d.missing());
        ArrayNode policies = node.putArray("preventedBy");
        d.advice().preventions().forEach(p -> policies.addObject().put("policy", p.policy()).put("how", p.how()));
        strings(node.putArray("otherAdvice"), d.advice().others());
        d.advice().reproduction().ifPresent(r -> reproduction(node.putObject("reproduction"), r));
    }

    private static void reproduction(ObjectNode node, Advice.Reproduction r) {
        node.put("scenario", r.scenario()).put("command", r.command());
        r.finding().ifPresent(finding -> node.put("finding", finding.toString()));
        node.put("differs", r.differs());
    }

    private static void place(ObjectNode node, Place place) {
        node.put("line", place.line()).put("stamp", place.stamp()).put("text", DiagnosisReport.plain(place.text()));
    }

    private static void moment(ObjectNode node, Moment moment) {
        node.put("nanos", moment.nanos()).put("clock", moment.place().clock().name().toLowerCase(Locale.ROOT)).put("line", moment.place().line());
        node.put("what", moment.what());
    }

    private static void strings(ArrayNode array, List<String> strings) {
        strings.forEach(s -> array.add(DiagnosisReport.plain(s)));
    }
}
