package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.ModelRules;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code --verify-determinism}: the same run twice, compared event by event. */
final class Determinism {
    private final Emulator emulator;
    private final Output output;

    Determinism(Emulator emulator, Output output) {
        this.emulator = emulator;
        this.output = output;
    }

    int verify(RunRequest request) {
        EventLog first = new EventLog();
        EventLog second = new EventLog();
        RunResult a = emulator.run(request.withObservers(List.of(first)));
        RunResult b = emulator.run(request.withObservers(List.of(second)));
        String difference = first.firstDifference(second)
                .orElse(a.digest() == b.digest() ? "" : "digests differ, but no recorded event does");
        boolean same = difference.isEmpty();
        List<ModelRules.Breach> suspects = same ? List.of()
                : emulator.plugins().stream().flatMap(plugin -> ModelRules.breaches(plugin).stream()).toList();
        if (output.json) {
            ObjectNode node = Json.object("determinism").put("same", same).put("digest", a.digestText())
                    .put("digestAgain", b.digestText()).put("events", first.size()).put("difference", difference);
            ArrayNode list = node.putArray("suspects");
            suspects.forEach(suspect -> list.add(suspect.toString()));
            Json.print(output.out(), node);
        } else if (same) {
            output.out().printf(Locale.ROOT, "deterministic: %,d events and log lines twice, digest %s%n", first.size(), a.digestText());
        } else {
            output.out().printf(Locale.ROOT, "NOT deterministic: %s against %s; %s%n", a.digestText(), b.digestText(), difference);
            suspects.forEach(suspect -> output.out().println("suspect: " + suspect + "; " + suspect.ban().instead()));
        }
        output.out().flush();
        return same ? 0 : Main.DEFECT;
    }
}
