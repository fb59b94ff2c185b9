package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user sees of a plugin that misbehaves: in the image, where it is a module, and on the class path. */
class PluginLifeIT {
    private static final Path SOURCE = Dist.ROOT.resolve("emulator-core/src/test/resources/rude-plugin/RudePlugin.java");

    @TempDir
    static Path temp;

    private static Path plugins;
    private static Path scenario;

    @BeforeAll
    static void rude() throws IOException {
        plugins = Files.createDirectories(temp.resolve("plugins"));
        Path classes = temp.resolve("classes");
        tool("javac", "-p", Dist.LIB.toString(), "--add-modules", "io.dmalab.api", "-d", classes.toString(), SOURCE.toString());
        jar(plugins.resolve("rude.jar"), classes, "Created-By: a test");
        scenario = temp.resolve("scenario.yaml");
    }

    private static void jar(Path jar, Path classes, String manifest) throws IOException {
        Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(classes.resolve("META-INF/services/io.dmalab.api.EmulatorPlugin"), "rude.RudePlugin\n");
        Path lines = Files.writeString(temp.resolve("manifest"), manifest + "\n");
        tool("jar", "--create", "--file", jar.toString(), "--manifest", lines.toString(), "-C", classes.toString(), ".");
    }

    private static void tool(String name, String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        assertThat(ToolProvider.findFirst(name).orElseThrow().run(out, out, arguments)).as("%s: %s", name, said).isZero();
    }

    static List<List<String>> launches() {
        return List.of(List.of(Dist.ROOT.resolve("dmalab").toString()), List.of(Dist.JAVA, "-cp", Dist.LIB + "/*", "io.dmalab.cli.Main"));
    }

    private static Dist.Outcome run(List<String> launch, String action, String... more) throws IOException, InterruptedException {
        Files.writeString(scenario, "scenario: x\nplatform: pci\ndevices: { name: nic, driver: pool-nic }\nlimits: { events: 20000 }\nsteps:\n  - { at: 1s, do: "
                + action + " }\n");
        List<String> command = new ArrayList<>(Dist.command(launch, "run", "--plugins", plugins.toString(), scenario.toString()));
        command.addAll(List.of(more));
        return Dist.run(command, Dist.ROOT, Map.of("JDK_JAVA_OPTIONS", "-Ddmalab.stallSeconds=2"));
    }

    /** What the JVM itself says about its options is none of dmalab's. */
    private static String said(Dist.Outcome run) {
        assertThat(run.code()).as(run.err()).isEqualTo(3);
        return run.err().lines().filter(line -> !line.startsWith("NOTE: Picked up") && !line.startsWith("WARNING:")).reduce((a, b) -> a + "\n" + b).orElse("");
    }

    @ParameterizedTest
    @MethodSource("launches")
    void anExceptionIsOneLineWithPluginClassAndLine(List<String> launch) throws Exception {
        assertThat(said(run(launch, "throw"))).matches("dmalab: defect of plugin rude \\(rude.RudePlugin\\$Thrower.run, RudePlugin.java:[0-9]+\\)"
                + " running as bash, CPU [0-9]+ at \\[ +1\\.[0-9]{6}] java.lang.ArithmeticException: by zero; run again with --debug for the stack trace, and report it");
        assertThat(said(run(launch, "remove", "--policy", "unborn"))).startsWith("dmalab: defect").contains("plugin rude", "rude.RudePlugin$Unborn", "not today")
                .doesNotContain("\n", "Guice");
        assertThat(said(run(launch, "remove", "--observe", "late"))).startsWith("dmalab: defect of plugin rude (rude.RudePlugin$Late.end, RudePlugin.java:")
                .contains("java.lang.IllegalStateException: too late").doesNotContain("\n");
    }

    @ParameterizedTest
    @MethodSource("launches")
    void aLoopWithoutEventsEndsWithItsName(List<String> launch) throws Exception {
        assertThat(said(run(launch, "spin"))).startsWith("dmalab: plugin rude (rude.RudePlugin$Spinner.run, RudePlugin.java:")
                .contains(" loops: no event for 2 s").doesNotContain("\n");
    }

    @ParameterizedTest
    @MethodSource("launches")
    void aThreadThatIsLeftBehindIsNamed(List<String> launch) throws Exception {
        assertThat(said(run(launch, "thread"))).startsWith("dmalab: plugin rude (rude.RudePlugin$Threads.wait10s, RudePlugin.java:")
                .contains("has left the thread 'rude thread' running").doesNotContain("\n");
    }

    @Test
    void anEndlessLoopOfEventsIsAFinding() throws Exception {
        Dist.Outcome run = run(launches().getFirst(), "storm", "-q");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("plugin rude (rude.RudePlugin$Storm.fire) scheduled ");
    }

    @Test
    void aJarForAnotherPluginApiIsRefusedByNameAndTheRestGoesOn() throws Exception {
        Path old = Files.createDirectories(temp.resolve("old"));
        jar(old.resolve("rude.jar"), temp.resolve("classes"), "Dmalab-Api-Version: 7.0");
        List<String> launch = launches().getFirst();
        Dist.Outcome listed = Dist.run(Dist.command(launch, "plugins", "--plugins", old.toString()));
        assertThat(listed.code()).isEqualTo(2);
        assertThat(listed.out()).contains("platform-pseries").doesNotContain("rude");
        assertThat(listed.err()).startsWith("dmalab: plugin rude.jar: it was built for version 7.0 of dmalab's plugin API, and this is 0.1; take a build of it for 0.1");
        Dist.Outcome doctor = Dist.run(Dist.command(launch, "doctor", "--plugins", old.toString()));
        assertThat(doctor.code()).isEqualTo(1);
        assertThat(doctor.out()).contains("broken plugin ").contains("rude.jar: it was built for version 7.0");
    }

    @Test
    void doctorNamesWhatIsAgainstTheRules() throws Exception {
        Dist.Outcome doctor = Dist.run(Dist.command(launches().getFirst(), "doctor", "--plugins", plugins.toString()));
        assertThat(doctor.code()).as(doctor.out()).isZero();
        assertThat(doctor.out()).contains("ok     image", "ok     classes", "note   plugin api")
                .containsPattern("note +rules +plugin rude: rude.RudePlugin\\$Threads.run uses java.lang.Thread.<init>, threads; use Scheduler.spawn");
    }
}
