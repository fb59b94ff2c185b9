package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.observe.Observer;
import io.dmalab.cli.report.Facts;
import io.dmalab.cli.report.RunPage;
import io.dmalab.cli.report.Shown;
import io.dmalab.cli.report.StudyPage;
import io.dmalab.core.Emulator;
import io.dmalab.core.life.MappingTimeline;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Study;
import io.dmalab.core.run.StudyPlan;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.trace.SpooledFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The option {@code --report}: an HTML file that is there as a whole or not at all. */
final class Reported implements AutoCloseable {
    /** Policies whose mappings are drawn for each of several scenarios. */
    private static final int PANELS_MAX = 6;

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
     * Of a comparison, each policy's first seed is run once more with its mappings counted: what the comparison kept are figures alone.
     * If it was interrupted, the user wants it to end: no run is made again. Of several scenarios with many policies each gets one panel, of the
     * baseline if it did harm there, else of the first policy that did.
     */
    void write(Emulator emulator, StudyPlan plan, Study study, String baseline) {
        if (file.isEmpty()) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            compared(emulator, plan, study, baseline);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void compared(Emulator emulator, StudyPlan plan, Study study, String baseline) {
        List<List<Shown>> shown = new ArrayList<>();
        for (int i = 0; i < plan.points().size(); i++) {
            Comparison comparison = study.comparisons().get(i);
            boolean all = plan.points().size() == 1 || comparison.policies().size() <= PANELS_MAX;
            List<String> policies = all ? study.policies()
                    : comparison.first(baseline, policy -> policy.worst(0) == Grade.FORBIDDEN).map(PolicySummary::policy).stream().toList();
            shown.add(comparison.complete() ? shown(emulator, plan.points().get(i), comparison, policies) : List.of());
        }
        Comparison one = study.comparisons().getFirst();
        RunRequest any = plan.points().getFirst().contenders().getFirst().request();
        List<String> more = List.of("seeds", one.firstSeed() + " to " + (one.firstSeed() + one.seeds() - 1), "digest of all runs",
                study.digestText());
        put(() -> StudyPage.of(study, shown, study.comparisons().size() == 1 ? facts(emulator, any, more, command(study, any))
                : new Facts("Each part is a comparison of the same policies on the same seeds.", "",
                        append(more, List.of("dmalab", emulator.model())), command(study, any) + " --report FILE")));
    }

    private static List<Shown> shown(Emulator emulator, StudyPlan.Point point, Comparison comparison, List<String> policies) {
        List<Shown> shown = new ArrayList<>();
        for (StudyPlan.Contender contender : point.contenders()) {
            if (comparison.find(contender.name()).isEmpty() || !policies.contains(contender.name())) {
                continue;
            }
            MappingTimeline counted = new MappingTimeline();
            RunRequest first = contender.request().withSeed(comparison.firstSeed()).withoutLog().withObservers(List.of(counted));
            RunResult result = emulator.run(first);
            shown.add(new Shown(result, counted, emulator.token(first, result).toString()));
        }
        return shown;
    }

    private static String command(Study study, RunRequest any) {
        StringBuilder command = new StringBuilder("dmalab compare " + String.join(" ", study.scenarios()) + " --policies "
                + String.join(",", study.policies()) + " --seeds " + study.comparisons().getFirst().seeds());
        for (String key : study.variedKeys()) {
            command.append(" --vary ").append(key).append('=')
                    .append(study.comparisons().stream().map(c -> c.varied().get(key)).distinct().collect(Collectors.joining(",")));
        }
        return command.append(study.scenarios().size() == 1 ? changes(any) : " --seed " + any.seed()).toString();
    }

    private static List<String> append(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private void put(Supplier<String> page) {
        spool.ifPresent(target -> {
            target.write(page.get());
            target.finish("");
        });
    }

    /** Whether all went well or not. */
    @Override
    public void close() {
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
