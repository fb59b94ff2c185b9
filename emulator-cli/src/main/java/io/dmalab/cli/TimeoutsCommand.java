package io.dmalab.cli;

import io.dmalab.api.config.Span;
import io.dmalab.api.timeout.Timeout;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dmalab timeouts}: which waits there are, and whether they nest. */
@Command(
        name = "timeouts",
        description = "Shows the waits and limits of a scenario's machine, how they nest, and which one outlasts the one around it.",
        footerHeading = "%nExamples:%n",
        footer = {"  dmalab timeouts --policy wait-for-drain",
            "  dmalab timeouts lpm-bond-failover --policy wait-for-drain,cap=60s --hz 100",
            "  dmalab timeouts -p wait-for-drain --assume drmgr-limit=300s"})
final class TimeoutsCommand implements Callable<Integer> {
    @Mixin
    Output output;

    @Mixin
    Machinery machinery;

    @Mixin
    OneScenario asked;

    @Option(names = "--assume", paramLabel = "TIMEOUT=SPAN",
            description = "What a limit is on your machine, e.g. drmgr-limit=300s; may be given several times.")
    List<String> assumed = new ArrayList<>();

    @Override
    public Integer call() {
        Emulator emulator = machinery.emulator(output);
        RunRequest request = asked.request(emulator, output.seed);
        Nesting nesting = new Nesting(assume(emulator.timeouts(request)));
        if (output.json) {
            Json.print(output.out(), TimeoutsReport.json(nesting, request));
        } else {
            new TimeoutsReport(output.out()).print(nesting, request);
        }
        return 0;
    }

    private List<Timeout> assume(List<Timeout> timeouts) {
        Map<String, Timeout> byId = new LinkedHashMap<>();
        timeouts.forEach(timeout -> byId.put(timeout.id(), timeout));
        for (String one : assumed) {
            String id = one.substring(0, Math.max(0, one.indexOf('=')));
            Timeout known = byId.get(id);
            if (known == null) {
                throw BadInput.of("--assume", "'" + one + "' is not of the form TIMEOUT=SPAN with a timeout of this machine",
                        Suggestion.remedy(id, byId.keySet()));
            }
            long nanos = nanos(one.substring(id.length() + 1));
            byId.put(id, new Timeout(id, known.what(), nanos, nanos, known.inside(), known.otherwise(), "--assume " + one));
        }
        return List.copyOf(byId.values());
    }

    private static long nanos(String span) {
        try {
            return Span.parse(span).nanos();
        } catch (IllegalArgumentException e) {
            throw BadInput.of("--assume", e.getMessage(), "give a time, e.g. 300s or 5min");
        }
    }
}
