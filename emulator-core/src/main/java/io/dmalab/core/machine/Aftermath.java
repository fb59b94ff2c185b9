package io.dmalab.core.machine;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.LogLine;
import io.dmalab.core.device.DmaLedger;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.kernel.StopReason;
import io.dmalab.core.plugin.PluginRegistry;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Looks at a machine whose run has ended: what never came back, and the result. */
final class Aftermath {
    /** Holders that a leak names. */
    private static final int HOLDERS_SHOWN = 4;

    private final SimKernel kernel;
    private final DmaLedger ledger;
    private final Removals removals;
    private final Slots slots;
    private final Platform platform;
    private final PluginRegistry plugins;
    private final String policyName;

    Aftermath(SimKernel kernel, DmaLedger ledger, MachineGraph graph, PluginRegistry plugins) {
        this.plugins = plugins;
        this.kernel = kernel;
        this.ledger = ledger;
        this.removals = graph.get(Removals.class);
        this.slots = graph.get(Slots.class);
        this.platform = graph.get(Platform.class);
        this.policyName = graph.blueprint().policyName();
    }

    RunResult result(RunRequest request, StopReason end) {
        if (!end.inTheMiddle()) {
            unfinished();
            leaks();
            audit();
        }
        kernel.countCollateral();
        if (end == StopReason.EVENT_LIMIT) {
            kernel.findings().report(FindingKind.LIMIT_REACHED, "events", "the run ended after " + kernel.eventCount()
                    + " events; raise limits: { events }" + goesRound());
        }
        kernel.metricsTable().end();
        kernel.metrics().counter(Metrics.BYTES_PER_PAGE).max(kernel.policy().bytesPerMappedPage());
        List<LogLine> log = kernel.logLines();
        return new RunResult(request.scenario().id(), policyName, request.seed(), request.kernel().id(), request.hz(),
                request.kasan(),
                kernel.digest(), end.toString(), kernel.now(), kernel.eventCount(), removals.all(), metrics(),
                kernel.findingRecords(), request.keepsLog() ? log : List.of(), linesSinceRemoval(log), Optional.empty());
    }

    /** An endless loop of events is somebody's. */
    private String goesRound() {
        List<StackTraceElement[]> last = kernel.lastScheduled();
        return plugins.culprits().most(last).map(most -> String.format(Locale.ROOT, ", if these do not go round in a loop: of the last %d, plugin %s (%s) scheduled %d",
                last.size(), most.getKey().pluginId(), most.getKey().method(), most.getValue())).orElse("");
    }

    private void unfinished() {
        for (Removal removal : removals.all()) {
            if (removal.endNanos().isEmpty()) {
                kernel.findings().report(FindingKind.REMOVAL_UNFINISHED, removal.device(),
                        String.format(Locale.ROOT, "the removal began at %.6f s and has not returned when the run ends",
                                removal.startNanos() / 1e9));
            }
        }
    }

    /** Mappings that outlive their device and that nobody has ended: whether they still can be is not asked. */
    private void leaks() {
        Counter leaked = kernel.metrics().counter(Metrics.LEAKED_TCES);
        for (Device device : slots.all()) {
            int live = device.bound() ? 0 : kernel.dma().live(device);
            leaked.add(live);
            if (live > 0) {
                kernel.findings().report(FindingKind.LEAK, device.name(),
                        live + " streaming mappings of a device without a driver are live when the run ends: " + holders(device));
            }
        }
    }

    /** Conservation: every mapping made is unmapped, dropped or live. A double unmap is found as such, and leaves the books as it may. */
    private void audit() {
        List<String> wrong = new ArrayList<>(platform.audit());
        long maps = count(DmaLedger.MAPS);
        long ends = count(DmaLedger.UNMAPS) + count(DmaLedger.DROPPED_UNMAPS) + count(DmaLedger.LIVE);
        if (maps != ends) {
            wrong.add("DMA API: " + maps + " mappings made, but " + ends + " unmapped, dropped or live");
        }
        if (!wrong.isEmpty() && kernel.findingRecords().stream().noneMatch(finding -> finding.kind() == FindingKind.DOUBLE_UNMAP)) {
            throw new IllegalStateException("the books disagree at the end of the run: " + String.join("; ", wrong));
        }
    }

    private long count(String metric) {
        return kernel.metrics().counter(metric).value();
    }

    /** Who still has the pages, most first: {@code 20 with skb defer list of CPU 2; 3 with ...}. */
    private String holders(Device device) {
        Map<String, Long> pages = ledger.snapshot(device).stream().filter(mapping -> !mapping.coherent())
                .collect(Collectors.groupingBy(DmaLedger.Live::holder, TreeMap::new, Collectors.counting()));
        String most = pages.entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed()).limit(HOLDERS_SHOWN)
                .map(entry -> entry.getValue() + " with " + entry.getKey()).collect(Collectors.joining("; "));
        return pages.size() <= HOLDERS_SHOWN ? most : most + "; the others with " + (pages.size() - HOLDERS_SHOWN) + " more";
    }

    private SortedMap<String, Long> metrics() {
        SortedMap<String, Long> metrics = new TreeMap<>();
        if (!kernel.trace().heard()) {
            return metrics;
        }
        kernel.metricsTable().all().forEach(counter -> metrics.put(counter.name(), counter.value()));
        return metrics;
    }

    private long linesSinceRemoval(List<LogLine> log) {
        if (removals.all().isEmpty()) {
            return 0;
        }
        long start = removals.all().getFirst().startNanos();
        return log.stream().filter(line -> line.timeNanos() >= start).count();
    }
}
