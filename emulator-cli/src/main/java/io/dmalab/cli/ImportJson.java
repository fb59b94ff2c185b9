package io.dmalab.cli;

import io.dmalab.api.recorded.Subject;
import io.dmalab.core.imported.HoldQuantiles;
import io.dmalab.core.imported.Population;
import io.dmalab.core.imported.RecordedRemoval;
import io.dmalab.core.imported.Recording;
import io.dmalab.core.imported.ScenarioOptions;
import io.dmalab.core.imported.Timeline;
import io.dmalab.core.trace.ReadReport;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An import as JSON; docs/json.md and docs/schema/import.json describe it. */
final class ImportJson {
    /** Points of each curve, at most. */
    private static final int POINTS = 200;

    private ImportJson() {}

    static ObjectNode of(Recording recording, ScenarioOptions options, Optional<String> file) {
        ObjectNode node = Json.object("import");
        node.put("trace", DiagnosisReport.plain(recording.name()));
        lines(node.putObject("lines"), recording);
        node.put("beginNanos", recording.begin()).put("endNanos", recording.end()).put("cpus", recording.cpus());
        ArrayNode populations = node.putArray("populations");
        recording.populations().stream().filter(p -> p.began() > 0).forEach(p -> population(populations.addObject(), p, recording));
        ArrayNode answers = node.putArray("hypercalls");
        recording.answers().forEach(a -> answers.addObject().put("call", a.call()).put("code", a.code()).put("success", a.success())
                .put("count", a.count()));
        node.put("certainRemovals", recording.removals());
        recording.removal().ifPresent(r -> removal(node.putObject("removal"), r, recording));
        ObjectNode scenario = node.putObject("scenario").put("name", options.name());
        file.ifPresent(f -> scenario.put("file", f));
        recording.workload(options.owner()).ifPresent(p -> scenario.put("subject", subject(p.subject())).put("owner",
                DiagnosisReport.plain(p.owner())));
        return node;
    }

    private static void lines(ObjectNode node, Recording recording) {
        ReadReport lines = recording.lines();
        node.put("all", lines.lines()).put("used", recording.used()).put("events", lines.events() + lines.otherEvents());
        node.put("damaged", lines.damaged()).put("misplaced", recording.misplaced().count());
        ArrayNode damages = node.putArray("firstDamages");
        lines.firstDamages().forEach(d -> damages.addObject().put("line", d.line()).put("column", d.column())
                .put("cause", DiagnosisReport.plain(d.cause())));
    }

    private static String subject(Subject subject) {
        return subject.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void population(ObjectNode node, Population p, Recording recording) {
        node.put("subject", subject(p.subject())).put("owner", DiagnosisReport.plain(p.owner()));
        node.put("began", p.began()).put("ended", p.ended()).put("open", p.open()).put("endedUnseen", p.endedUnseen())
                .put("foreignEnds", p.foreignEnds()).put("bytes", p.bytes()).put("cpus", p.cpus()).put("liveMost", p.liveMost());
        node.put("finiteShare", p.holds().finiteShare());
        ArrayNode quantiles = node.putArray("holdQuantiles");
        for (double percent : HoldQuantiles.SHOWN) {
            long nanos = p.holds().quantile(percent);
            ObjectNode quantile = quantiles.addObject().put("percent", percent);
            if (nanos < Long.MAX_VALUE) {
                quantile.put("nanos", nanos);
            }
        }
        ArrayNode live = node.putArray("live");
        List<Timeline.Stretch> changes = p.live().changes();
        if (changes.size() <= POINTS) {
            changes.forEach(s -> live.addObject().put("nanos", s.start()).put("most", s.most()));
            return;
        }
        long[] most = p.live().sampled(recording.begin(), recording.end(), POINTS);
        for (int i = 0; i < POINTS; i++) {
            live.addObject().put("nanos", recording.begin() + (recording.end() - recording.begin()) / POINTS * i).put("most", most[i]);
        }
    }

    private static void removal(ObjectNode node, RecordedRemoval removal, Recording recording) {
        node.put("certain", removal.certain()).put("task", DiagnosisReport.plain(removal.task())).put("device",
                DiagnosisReport.plain(removal.device()));
        node.put("beginNanos", removal.begin()).put("letGoNanos", removal.letGo());
        node.put("pools", removal.pools()).put("pagesInFlight", removal.inFlight()).put("poolsEmptied", removal.poolsEmptied());
        removal.lastHome().ifPresent(nanos -> node.put("lastHomeNanos", nanos));
        ArrayNode live = node.putArray("live");
        for (int i = 0; i < recording.populations().size(); i++) {
            Population p = recording.populations().get(i);
            if (p.began() > 0) {
                live.addObject().put("subject", subject(p.subject())).put("owner", DiagnosisReport.plain(p.owner()))
                        .put("atBegin", removal.liveAtBegin(i)).put("atLetGo", removal.liveAtLetGo(i));
            }
        }
        ArrayNode steps = node.putArray("steps");
        removal.steps().forEach(step -> steps.addObject().put("nanos", step.time()).put("what", DiagnosisReport.plain(step.what())));
    }
}
