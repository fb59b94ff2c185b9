package io.dmalab.cli;

import io.dmalab.api.ApiVersion;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.ModelRules;
import io.dmalab.core.plugin.PluginProblem;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/** The checks of {@code dmalab doctor}. */
final class Examination {
    private static final String CORE = "core";

    private final Emulator emulator;
    private final Optional<Path> folder;
    private final Optional<Long> seed;
    private final List<Check> all = new ArrayList<>();

    /** @param folder of drop-in plugins; empty if there is none */
    Examination(Emulator emulator, Optional<Path> folder, Optional<Long> seed) {
        this.emulator = emulator;
        this.folder = folder;
        this.seed = seed;
    }

    List<Check> all() {
        all.add(Check.ok("dmalab", emulator.model()));
        all.addAll(Runtimes.checks());
        plugins();
        versions();
        rules();
        scenarios();
        selfCheck();
        return all;
    }

    private void plugins() {
        String list = emulator.plugins().stream().map(LoadedPlugin::id).collect(Collectors.joining(", "));
        all.add(Check.ok("plugins", emulator.plugins().size() + ": " + list));
        all.add(Check.ok("drop-ins", folder.map(path -> "jars of " + path).orElse("none: there is no folder plugins/ and no --plugins")));
        for (PluginProblem problem : emulator.problems()) {
            all.add(Check.broken("plugin", problem.where() + ": " + problem.cause(), problem.remedy()));
        }
    }

    private void versions() {
        String silent = emulator.plugins().stream().filter(plugin -> plugin.builtFor().isEmpty()).map(LoadedPlugin::id)
                .filter(id -> !id.equals(CORE)).collect(Collectors.joining(", "));
        all.add(silent.isEmpty() ? Check.ok("plugin api", ApiVersion.CURRENT + ", and every plugin was built for it")
                : Check.note("plugin api", ApiVersion.CURRENT + "; not known which one is that of " + silent,
                        "give it a module-info, or its manifest the line " + ApiVersion.ATTRIBUTE));
    }

    /** What a run cannot see of itself; a library in a plugin's jar may have it without harm. */
    private void rules() {
        List<ModelRules.Breach> breaches = emulator.plugins().stream().flatMap(plugin -> ModelRules.breaches(plugin).stream()).toList();
        if (breaches.isEmpty()) {
            all.add(Check.ok("rules", "no plugin uses threads, the wall clock, or randomness that is not the seed's"));
        }
        breaches.forEach(breach -> all.add(Check.note("rules", breach.toString(), breach.ban().instead())));
    }

    private void scenarios() {
        try {
            all.add(Check.ok("scenarios", emulator.scenarios().size() + " readable"));
        } catch (BadInput e) {
            all.add(Check.broken("scenarios", e.getMessage(), ""));
        }
    }

    /** The default scenario twice: a machine can be built, runs to its end, and gives the same digest. */
    private void selfCheck() {
        long start = System.nanoTime();
        try {
            RunRequest asked = emulator.request(Emulator.DEFAULT_SCENARIO).withoutLog();
            RunRequest request = seed.isPresent() ? asked.withSeed(seed.get()) : asked;
            RunResult first = emulator.run(request);
            RunResult second = emulator.run(request);
            String text = String.format(Locale.ROOT, "%s, seed %d: digest %s twice in %.1f s", first.scenario(), first.seed(),
                    first.digestText(),
                    (System.nanoTime() - start) / 1e9);
            all.add(first.digest() == second.digest() ? Check.ok("self-check", text)
                    : Check.broken("self-check", "digests " + first.digestText() + " and " + second.digestText()
                            + " of the same run differ",
                            "find the first difference with 'dmalab run --verify-determinism'"));
        } catch (CancellationException e) {
            throw e;
        } catch (BadInput e) {
            all.add(Check.broken("self-check", e.getMessage(), ""));
        } catch (RuntimeException e) {
            all.add(Check.broken("self-check", "the run failed: " + e.getMessage(), "see 'dmalab run --debug'"));
        }
    }
}
