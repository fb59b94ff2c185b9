package io.dmalab.cli;

import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.LoadedPlugin;
import io.dmalab.core.plugin.PluginProblem;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The checks of {@code dmalab doctor}. */
final class Examination {
    private static final int JAVA = 25;

    private final Emulator emulator;
    private final Optional<Long> seed;
    private final List<Check> all = new ArrayList<>();

    Examination(Emulator emulator, Optional<Long> seed) {
        this.emulator = emulator;
        this.seed = seed;
    }

    List<Check> all() {
        all.add(Check.ok("dmalab", emulator.model()));
        java();
        launch();
        fibers();
        plugins();
        scenarios();
        selfCheck();
        return all;
    }

    private void java() {
        String text = Runtime.version() + ", " + System.getProperty("java.vm.name") + ", " + System.getProperty("java.home");
        int feature = Runtime.version().feature();
        all.add(feature == JAVA ? Check.ok("java", text)
                : Check.note("java", text, "dmalab is built for and tested on Java " + JAVA));
    }

    private void launch() {
        Module core = Emulator.class.getModule();
        if (!core.isNamed()) {
            all.add(Check.ok("launch", "class path; each drop-in plugin gets a class loader of its own"));
            return;
        }
        boolean image = core.getLayer().configuration().findModule(core.getName()).flatMap(m -> m.reference().location())
                .map(URI::getScheme)
                .filter("jrt"::equals).isPresent();
        all.add(Check.ok("launch", (image ? "runtime image" : "module path") + "; each drop-in plugin gets a module layer of its own"));
    }

    private void fibers() {
        String mechanism = Emulator.fibers();
        if (mechanism.equals("scheduler")) {
            all.add(Check.ok("fibers", "scheduled on the machine's own thread (fast)"));
        } else {
            String module = Emulator.class.getModule().isNamed() ? Emulator.class.getModule().getName() : "ALL-UNNAMED";
            all.add(Check.note("fibers", "handed over between threads (slow, same results)",
                    "start Java with --add-opens java.base/java.lang=" + module));
        }
    }

    private void plugins() {
        String list = emulator.plugins().stream().map(LoadedPlugin::id).collect(Collectors.joining(", "));
        all.add(Check.ok("plugins", emulator.plugins().size() + ": " + list));
        for (PluginProblem problem : emulator.problems()) {
            all.add(Check.broken("plugin", problem.where() + ": " + problem.cause(), problem.remedy()));
        }
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
        } catch (BadInput e) {
            all.add(Check.broken("self-check", e.getMessage(), ""));
        } catch (RuntimeException e) {
            all.add(Check.broken("self-check", "the run failed: " + e, "see 'dmalab run --debug'"));
        }
    }
}
