package io.dmalab.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.kernel.ModelFailure;
import io.dmalab.core.machine.ExtensionFailure;
import io.dmalab.core.plugin.PluginFault;
import io.dmalab.core.plugin.PluginProblem;
import io.dmalab.core.plugin.Stall;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin that does what none may do is caught, and named with its class and line. */
class MisbehaviourTest {
    @TempDir
    static Path plugins;

    private static Emulator emulator;

    @BeforeAll
    static void load() throws IOException {
        PluginJars.toy(plugins);
        String source = Files.readString(Path.of(System.getProperty("basedir", "."), "src/test/resources/rude-plugin/RudePlugin.java"));
        new PluginJars().service("rude.RudePlugin").source("rude.RudePlugin", source).build(plugins.resolve("rude-plugin.jar"));
        emulator = Emulator.load(Optional.of(plugins), Optional.empty());
        assertThat(emulator.problems()).isEmpty();
    }

    private static RunRequest request(String action) {
        return emulator.request(ScenarioReader.read("scenario: x\nplatform: toy\ndevices: { name: toy0, driver: { id: toy, pages: 4 } }\nsteps:\n"
                + "  - { at: 1s, do: " + action + " }\nlimits: { events: 20000 }\n", "x.yaml"));
    }

    private static AbstractThrowableAssert<?, ?> failing(String action) {
        return assertThatThrownBy(() -> emulator.run(request(action)));
    }

    // throws

    @Test
    void anExceptionInAnActionNamesPluginClassMethodAndLine() {
        failing("throw").isInstanceOf(ModelFailure.class).message().matches("defect of plugin rude \\(rude.RudePlugin\\$Thrower.run,"
                + " RudePlugin.java:[0-9]+\\) running as bash, CPU 7 at \\[ +1\\.[0-9]{6}] java.lang.ArithmeticException: by zero");
    }

    @Test
    void aCallThatTheCoreRefusesNamesTheCaller() {
        failing("misuse").isInstanceOf(ModelFailure.class).message()
                .startsWith("defect in model code called by plugin rude (rude.RudePlugin$Misuser.run, RudePlugin.java:")
                .endsWith("java.lang.IllegalArgumentException: cpu 4711 of a machine with 8");
    }

    @Test
    void anOverflowOfTheStackNamesThePlugin() {
        failing("overflow").isInstanceOf(ModelFailure.class).message().startsWith("defect of plugin rude (rude.RudePlugin$Overflower.run, ")
                .endsWith("java.lang.StackOverflowError");
    }

    @Test
    void anExceptionInAHookNamesThePlugin() {
        assertThatThrownBy(() -> emulator.run(request("remove").withPolicy("hook"))).isInstanceOf(ModelFailure.class).message()
                .startsWith("defect of plugin rude (rude.RudePlugin$Hook.unregister, ")
                .endsWith("java.lang.UnsupportedOperationException: not yet");
    }

    @Test
    void anExceptionInAConstructorNamesPluginAndClass() {
        assertThatThrownBy(() -> emulator.run(request("remove").withPolicy("unborn"))).isInstanceOf(ExtensionFailure.class)
                .hasMessage("FreePolicy 'unborn' of plugin rude (rude.RudePlugin$Unborn) cannot be made: java.lang.IllegalStateException: not today");
    }

    @Test
    void anExceptionOutsideTheModelIsNamedOnDemand() {
        Throwable thrown = catchThrowable(() -> emulator.run(request("remove").withObserver("late")));
        assertThat(emulator.culprit(thrown).orElseThrow().toString()).matches("plugin rude \\(rude.RudePlugin\\$Late.end, RudePlugin.java:[0-9]+\\)");
        assertThat(emulator.culprit(new IllegalStateException("of this test"))).isEmpty();
    }

    // loops

    @ParameterizedTest
    @ValueSource(strings = {"storm", "drowse"})
    void anEndlessLoopOfEventsIsAFindingThatNamesWhoGoesRound(String action) {
        RunResult result = emulator.run(request(action));
        assertThat(result.end()).isEqualTo("event limit");
        FindingRecord finding = result.findings().stream().filter(f -> f.kind() == FindingKind.LIMIT_REACHED).findFirst().orElseThrow();
        assertThat(finding.detail()).matches("the run ended after 2000[01] events; raise limits: \\{ events }, if these do not go round in a loop:"
                + " of the last 25[56], plugin rude \\(rude.RudePlugin\\$(Storm.fire|Drowser.run)\\) scheduled 25[56]");
    }

    @Test
    void anEndlessLoopWithoutEventsIsCaughtFromOutside() {
        spinning(() -> emulator.run(request("spin"))).message().matches("plugin rude \\(rude.RudePlugin\\$Spinner.run, RudePlugin.java:[0-9]+\\)"
                    + " loops: no event for 1 s, and this method does not return \\(-Ddmalab.stallSeconds=N changes the limit\\)");
        spinning(() -> emulator.compare(request("spin"), List.of("legacy"), 1)).hasMessageContaining("rude.RudePlugin$Spinner.run");
        spinning(() -> emulator.explore(request("spin"), Plan.DEFAULT, Explorer.Watch.NONE)).hasMessageContaining("rude.RudePlugin$Spinner.run");
    }

    /** With little patience, and the loop ended when it has been found. */
    private static AbstractThrowableAssert<?, ?> spinning(ThrowingCallable run) {
        System.setProperty(Stall.PROPERTY, "1");
        System.clearProperty("rude.enough");
        try {
            return assertThatThrownBy(run).isInstanceOf(PluginFault.class);
        } finally {
            System.clearProperty(Stall.PROPERTY);
            System.setProperty("rude.enough", "true");
        }
    }

    // randomness

    @Test
    void aDrawFromAnotherOnesStreamNamesBoth() {
        failing("steal").isInstanceOf(ModelFailure.class).message().startsWith("defect in model code called by plugin rude (rude.RudePlugin$Thief.run, ")
                .endsWith("java.lang.IllegalStateException: random stream 'memory reuse' is that of io.dmalab.core.kernel.SimKernel,"
                        + " and rude.RudePlugin$Thief of another plugin must not draw from it: name one of its own");
    }

    // threads

    @Test
    void aThreadThatIsLeftBehindIsNamed() {
        failing("thread").isInstanceOf(PluginFault.class).message().matches("plugin rude \\(rude.RudePlugin\\$Threads.wait10s, RudePlugin.java:[0-9]+\\)"
                + " has left the thread 'rude thread' running; model code starts no threads, it uses Scheduler.spawn");
    }

    @Test
    void anIdleThreadOfAPoolIsFoundToo() {
        failing("pool").isInstanceOf(PluginFault.class).message().isEqualTo("plugin rude (rude.RudePlugin$Pool.run, rude.RudePlugin$Threads.run)"
                + " has left the thread 'rude pool' running; model code starts no threads, it uses Scheduler.spawn");
    }

    @Test
    void threadsOfOthersAreNobodysBusiness() throws InterruptedException {
        Thread other = Thread.ofPlatform().daemon().start(() -> {
            try {
                Thread.sleep(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(emulator.run(request("remove")).end()).isEqualTo("idle");
        other.interrupt();
        other.join();
    }

    // while plugins are loaded

    private static List<String> problems(Path folder) {
        return Emulator.load(Optional.of(folder), Optional.empty()).problems().stream().map(PluginProblem::toString).toList();
    }

    @Test
    void aThreadThatRegisterLeavesBehind(@TempDir Path folder) {
        PluginJars.plugin("leaky", "Thread t = new Thread(() -> { try { Thread.sleep(5000); } catch (InterruptedException e) { } }, \"mine\");"
                + " t.setDaemon(true); t.start();").build(folder.resolve("leaky.jar"));
        assertThat(problems(folder)).containsExactly("leaky.jar: plugin 'leaky' (plug.Pleaky): its register() has left the thread 'mine' running;"
                + " a plugin starts no threads");
    }

    @Test
    void aRegisterThatNeverReturns(@TempDir Path folder) {
        PluginJars.plugin("slow", "while (!Boolean.getBoolean(\"rude.enough2\")) { Thread.onSpinWait(); }").build(folder.resolve("slow.jar"));
        System.setProperty(Stall.PROPERTY, "1");
        try {
            assertThat(problems(folder)).singleElement().asString()
                    .startsWith("slow.jar: plugin 'slow' (plug.Pslow): its register() has not returned within 1 s, it is in ")
                    .contains("plug.Pslow.register(Pslow.java:").endsWith("; repair the plugin or remove it");
        } finally {
            System.clearProperty(Stall.PROPERTY);
            System.setProperty("rude.enough2", "true");
        }
    }
}
