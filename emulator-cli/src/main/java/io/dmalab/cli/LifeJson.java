package io.dmalab.cli;

import io.dmalab.core.life.InFlight;
import io.dmalab.core.life.LifeStory;
import io.dmalab.core.run.RunResult;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Life stories and what is in flight, for machines; described in docs/schema/life.json. */
final class LifeJson {
    private LifeJson() {}

    static ObjectNode of(Optional<LifeStory> story, Optional<InFlight> inFlight, RunResult result) {
        ObjectNode node = Json.object("life");
        node.put("scenario", result.scenario()).put("policy", result.policy()).put("seed", result.seed()).put("digest",
                result.digestText());
        story.ifPresent(s -> story(node.putObject("story"), s));
        inFlight.ifPresent(f -> inFlight(node.putObject("inFlight"), f));
        return node;
    }

    private static void story(ObjectNode node, LifeStory story) {
        node.put("subject", story.subject().toString()).put("livesOn", story.livesOn());
        ArrayNode entries = node.putArray("entries");
        for (LifeStory.Entry entry : story.entries()) {
            ObjectNode one = entries.addObject().put("nanos", entry.timeNanos()).put("kind", entry.kind().name().toLowerCase(Locale.ROOT))
                    .put("what", entry.what()).put("by", entry.by()).put("times", entry.times());
            ArrayNode functions = one.putArray("functions");
            entry.stack().forEach(functions::add);
        }
    }

    private static void inFlight(ObjectNode node, InFlight moment) {
        node.put("nanos", moment.momentNanos()).put("mappings", moment.mappings());
        ArrayNode holdings = node.putArray("holdings");
        for (InFlight.Holding holding : moment.holdings()) {
            ObjectNode one = holdings.addObject().put("holder", holding.holder()).put("kind", holding.streaming() ? "streaming"
                    : "coherent")
                    .put("mappings", holding.pages().size()).put("shared", holding.shared()).put("oldestNanos", holding.oldestNanos());
            ArrayNode pages = one.putArray("pages");
            holding.pages().forEach(pages::add);
        }
    }
}
