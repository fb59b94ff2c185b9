package io.dmalab.cli;

import io.dmalab.api.observe.Observer;
import io.dmalab.cli.report.ComparisonPage;
import io.dmalab.cli.report.Facts;
import io.dmalab.cli.report.RunPage;
import io.dmalab.cli.report.Shown;
import io.dmalab.core.Emulator;
import io.dmalab.core.life.MappingTimeline;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.trace.SpooledFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The option {@code --report}: an HTML file that is there as a whole or not at all. */
final class Reported {
    @Option(names = "--report", paramLabel = "FILE",
            description = "Write an HTML report: one file without network access, the same for the same runs.")
    Optional<String> file = Optional.empty();

    private Optional<SpooledFile> spool = Optional.empty();
    private final MappingTimeline timeline = new MappingTimeline();

    boolean asked() {
        return file.isPresent();
    }

    /** Before anything runs: a report that cannot be written is said at once. */
    void open() {
        if (file.filter("-"::equals).isPresent()) {
            throw BadInput.of("--report", "a report does not go to standard output, where the result stands", "name a file");
        }
        spool = file.map(SpooledFile::create);
    }

    /** The run whose report is wanted, observed for it. */
    RunRequest apply(RunRequest request) {
        if (file.isEmpty()) {
            return request;
        }
        List<Observer> observers = new ArrayList<>(request.observers());
        observers.add(timeline);
        return request.withObservers(observers);
    }

    /** @param scenario as the user named it */
    void write(Emulator emulator, String scenario, RunRequest request, RunResult result) {
        if (file.isEmpty()) {
            return;
        }
        String token = emulator.token(request, result).toString();
        put(() -> RunPage.of(new Shown(result, timeline, token), facts(emulator, request, List.of("policy", result.policy(),
                "seed", Long.toString(result.seed()), "digest", result.digestText(), "virtual time",
                String.format(Locale.ROOT, "%.3f s, ended: %s", result.virtualNanos() / 1e9, result.end())),
                "dmalab run " + scenario + " --policy " + result.policy() + changes(request))));
    }

    /**
     * Each variant's first seed is run once more, with its mappings counted: what the comparison kept are figures alone. If it was
     * interrupted, the user wants it to end: no run is made again.
     */
    void write(Emulator emulator, String scenario, List<RunRequest> variants, Comparison comparison) {
        if (file.isEmpty()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            compared(emulator, scenario, variants, comparison);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void compared(Emulator emulator, String scenario, List<RunRequest> variants, Comparison comparison) {
        List<Shown> shown = new ArrayList<>();
        for (RunRequest variant : comparison.complete() ? variants : List.<RunRequest>of()) {
            MappingTimeline counted = new MappingTimeline();
            RunRequest first = variant.withSeed(comparison.firstSeed()).withoutLog().withObservers(List.of(counted));
            RunResult result = emulator.run(first);
            shown.add(new Shown(result, counted, emulator.token(first, result).toString()));
        }
        RunRequest any = variants.getFirst().withSeed(comparison.firstSeed());
        String policies = String.join(",", comparison.policies().stream().map(p -> p.policy()).toList());
        put(() -> ComparisonPage.of(comparison, shown, facts(emulator, any, List.of("seeds", comparison.firstSeed() + " to "
                + (comparison.firstSeed() + comparison.seeds() - 1), "digest of all runs", comparison.digestText()),
                "dmalab compare " + scenario + " --policies " + policies + " --seeds " + comparison.seeds() + changes(any))));
    }

    private void put(Supplier<String> page) {
        spool.ifPresent(target -> {
            target.write(page.get());
            target.finish("");
        });
    }

    /** Whether all went well or not. */
    void close() {
        spool.ifPresent(SpooledFile::close);
    }

    private static Facts facts(Emulator emulator, RunRequest request, List<String> more, String command) {
        List<String> settings = new ArrayList<>(List.of("scenario", request.scenario().id(), "kernel", request.kernel().id(),
                "HZ", Integer.toString(request.hz()), "kasan", request.kasan() ? "on" : "off",
                "timers", request.timers().name().toLowerCase(Locale.ROOT)));
        settings.addAll(more);
        settings.addAll(List.of("dmalab", emulator.model()));
        return new Facts(request.scenario().summary(), request.scenario().story(), settings, command + " --report FILE");
    }

    /** What may have been changed on the command line, said in full: the scenario's own values do no harm. */
    private static String changes(RunRequest request) {
        return String.format(Locale.ROOT, " --seed %d --kernel %s --hz %d --kasan %s --timers %s", request.seed(), request.kernel().id(),
                request.hz(), request.kasan() ? "on" : "off", request.timers().name().toLowerCase(Locale.ROOT));
    }
}
