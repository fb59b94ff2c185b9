package io.dmalab.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.observe.LogLine;
import io.dmalab.core.Emulator;
import io.dmalab.core.PluginJars;
import io.dmalab.core.kernel.ModelFailure;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin can have injected, and what it is told if it asks for something else. */
class InjectionTest {
    @TempDir
    static Path plugins;

    private static Emulator emulator;

    @BeforeAll
    static void load() throws IOException {
        PluginJars.toy(plugins);
        String source = Files.readString(Path.of(System.getProperty("basedir", "."), "src/test/resources/probe-plugin/ProbePlugin.java"));
        new PluginJars().service("probe.ProbePlugin").source("probe.ProbePlugin", source).build(plugins.resolve("probe-plugin.jar"));
        emulator = Emulator.load(Optional.of(plugins), Optional.empty());
        assertThat(emulator.problems()).isEmpty();
    }

    private static RunResult run(String... steps) {
        StringBuilder yaml = new StringBuilder("scenario: x\nplatform: toy\ndevices: { name: toy0, driver: toy }\nsteps:\n");
        for (String step : steps) {
            yaml.append("  - { at: 1s, do: ").append(step).append(" }\n");
        }
        return emulator.run(emulator.request(ScenarioReader.read(yaml.toString(), "x.yaml")));
    }

    private static List<String> said(RunResult result) {
        return result.log().stream().map(LogLine::text).filter(line -> line.startsWith("say: ")).toList();
    }

    @Test
    void aMachineScopedClassIsOneForEachMachine() {
        List<String> both = List.of("say: a 1 true say-a", "say: b 2 true say-b");
        assertThat(said(run("say, word: a", "say, word: b"))).isEqualTo(both);
        assertThat(said(run("say, word: a", "say, word: b"))).as("another machine counts from the beginning").isEqualTo(both);
    }

    @Test
    void optionsOfAnotherExtensionCannotBeHad() {
        assertThatThrownBy(() -> run("greedy"))
                .hasRootCauseMessage("probe.ProbePlugin$Say$Options can be injected into the extension it belongs to only")
                .hasMessageContaining("Action 'greedy' of plugin probe (probe.ProbePlugin$Greedy) cannot be made: ");
    }

    @Test
    void anExtensionMayRefuseWhatTheUserAskedFor() {
        assertThatThrownBy(() -> run("picky")).isInstanceOf(BadInput.class)
                .hasMessage("x.yaml:5:19: picky refuses this: it needs two devices; change its options");
    }

    @Test
    void aDefectInAConstructorNamesThePlugin() {
        assertThatThrownBy(() -> run("broken")).isInstanceOf(ModelFailure.class)
                .hasMessageEndingWith("Action 'broken' of plugin probe (probe.ProbePlugin$Broken) cannot be made: java.lang.IllegalStateException: not today");
    }

    @Test
    void aClassThatNeedsItselfIsNamed() {
        assertThatThrownBy(() -> run("circle")).isInstanceOf(ModelFailure.class)
                .hasMessageContaining("Action 'circle' of plugin probe (probe.ProbePlugin$Circle) cannot be made: ")
                .hasMessageContaining("probe.ProbePlugin$Hen needs itself: its constructor asks for what cannot be made without it");
    }

    @Test
    void aProviderThatIsAskedTooLateSaysWhatToDo() {
        assertThatThrownBy(() -> run("lazy")).isInstanceOf(ModelFailure.class)
                .hasStackTraceContaining("no machine is being built here; inject the object itself, not a Provider, or use Components");
    }

    @Test
    void anUnknownPartIsSuggested() {
        assertThatThrownBy(() -> run("composer")).isInstanceOf(BadInput.class)
                .hasMessageContaining("unknown IommuBackend 'dirct'; did you mean 'direct'? known: direct");
    }

    @Test
    void aDefectInAnActionSaysWhereAndWhen() {
        assertThatThrownBy(() -> run("crash")).isInstanceOf(ModelFailure.class)
                .hasMessageMatching(
                        "defect of plugin probe \\(probe.ProbePlugin\\$Crash.run, ProbePlugin.java:[0-9]+\\) running as bash, CPU 7 at \\[ +1\\.[0-9]{6}] java.lang.ArithmeticException: by zero");
    }

    @Test
    void pluggingIntoATakenSlotIsNoted() {
        assertThat(run("plug").log()).extracting(LogLine::text).contains("dmalab: cannot plug toy0: its slot is taken");
    }
}
