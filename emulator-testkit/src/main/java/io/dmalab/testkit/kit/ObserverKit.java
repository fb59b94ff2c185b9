package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmalab.api.observe.Observer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Configured;
import io.dmalab.core.scenario.ScenarioReader;
import io.dmalab.testkit.kit.world.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compatibility kit of {@link Observer}. What an observer does is no part of a run, so that the list of banned things does not hold for it;
 * that it must not change the run does.
 */
public abstract class ObserverKit extends MachineKit<Observer> {
    private static final String FILE = "file";

    @TempDir
    Path folder;

    /** @param id of the observer */
    protected ObserverKit(String id) {
        super(Observer.class, id);
    }

    /** The options it is tested with; an option {@code file} is given by the kit. */
    protected Map<String, String> options() {
        return Map.of();
    }

    private boolean writesAFile() {
        return registered().extension().options().map(type -> List.of(type.getRecordComponents())).orElse(List.of()).stream()
                .anyMatch(option -> option.getName().equals(FILE));
    }

    private Map<String, String> options(String file) {
        Map<String, String> all = new TreeMap<>(options());
        if (writesAFile()) {
            all.put(FILE, folder.resolve(file).toString());
        }
        return all;
    }

    @Override
    final Scene withExtension() {
        return scene();
    }

    @Override
    final Optional<String> place() {
        return Optional.empty();
    }

    @Override
    final RunRequest observed(RunRequest request) {
        return request.withObserver(Configured.of(id(), options("run.out"), "observer"));
    }

    private RunRequest unobserved() {
        return emulator().request(ScenarioReader.read(scene().text(), "kit.yaml"));
    }

    @Override
    final Optional<RunRequest> withOption(String option, String value) {
        Map<String, String> all = options("run.out");
        all.put(option, value);
        return Optional.of(unobserved().withObserver(Configured.of(id(), all, "observer")));
    }

    @Override
    final boolean isModel() {
        return false;
    }

    @Check(rule = "a run gives the same digest with it as without", stated = "Observer, must not touch the machine")
    void doesNotChangeTheDigest() {
        assertThat(run().digestText()).isEqualTo(emulator().run(unobserved()).digestText());
    }

    @Check(rule = "a run gives the same result with it as without", stated = "Observer, must not touch the machine")
    void doesNotChangeTheResult() {
        assumeHarmless();
        assertThat(run()).isEqualTo(emulator().run(unobserved()));
    }

    private void assumeHarmless() {
        assumeTrue(run().digest() == emulator().run(unobserved()).digest(), "it changes the digest, which another check says");
    }

    @Check(rule = "a run with the lifetime checker off gives the same digest with it as without", stated = "Observer")
    void doesNotChangeProductionRuns() {
        assumeHarmless();
        assertThat(run("kasan off", r -> r.withKasan(false)).digestText())
                .isEqualTo(emulator().run(unobserved().withKasan(false)).digestText());
    }

    @Check(rule = "two of it see the same run", stated = "Observer")
    void twoGetOn() {
        assumeHarmless();
        RunRequest both = unobserved().withObserver(Configured.of(id(), options("one"), "observer"))
                .withObserver(Configured.of(id(), options("two"), "observer"));
        assertThat(emulator().run(both).digestText()).isEqualTo(emulator().run(unobserved()).digestText());
        if (writesAFile()) {
            assertThat(bytes("one")).isEqualTo(bytes("two"));
        }
    }

    @Check(rule = "what it writes is the same for the same seed", stated = "docs/determinism.md")
    void writesTheSame() {
        if (!writesAFile()) {
            abort("it writes no file");
        }
        for (String file : List.of("first", "second")) {
            emulator().run(unobserved().withObserver(Configured.of(id(), options(file), "observer")));
        }
        assertThat(bytes("first")).isNotEmpty().isEqualTo(bytes("second"));
    }

    @Check(rule = "a run without events is seen to its end", stated = "Observer.end")
    void seesAnEmptyRun() {
        RunResult result = emulator().run(request(scene().withSteps(List.of()).withDriver("{ id: kit-nic, ticks: 0 }")));
        assertThat(result.findings()).isEmpty();
    }

    private byte[] bytes(String file) {
        try {
            return Files.readAllBytes(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
