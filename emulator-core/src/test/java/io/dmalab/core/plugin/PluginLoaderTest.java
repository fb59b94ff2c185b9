package io.dmalab.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.PluginJars;
import io.dmalab.core.machine.Injection;
import io.dmalab.core.scenario.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drop-in jars as users have them: good ones, and every kind of broken one. The rest always goes on. */
class PluginLoaderTest {
    private static final String LEGACY = "extensions.add(FreePolicy.class, \"legacy\", Policy.class, \"x\");";

    @TempDir
    Path folder;

    private PluginRegistry load() {
        return Injection.of(PluginLoader.load(Optional.of(folder), Injection.injectors())).registry();
    }

    private static String policy(String id) {
        return "extensions.add(FreePolicy.class, \"" + id + "\", Policy.class, \"x\");";
    }

    /** One problem, as a user reads it; the core's own plugin is there in any case. */
    private String problem() {
        PluginRegistry registry = load();
        assertThat(registry.find(FreePolicy.class, "legacy")).isPresent();
        assertThat(registry.problems()).hasSize(1);
        String text = registry.problems().getFirst().toString();
        assertThat(text).doesNotContain("\n").contains("; ");
        return text;
    }

    @Test
    void aJarWithAModuleInfoIsLoaded() {
        PluginJars.toy(folder);
        LoadedPlugin toy = load().plugin("toy");
        assertThat(toy.module()).isEqualTo("toy.plugin");
        assertThat(toy.location()).isEqualTo(folder.resolve("toy-plugin.jar").toString());
        assertThat(toy.version()).isEqualTo("dev");
        assertThat(toy.extensions()).extracting(e -> e.spi().getSimpleName() + " " + e.id())
                .containsExactly("BufferHolder shelf", "DeviceDriver toy",
                "FreePolicy patient", "Observer diary", "Platform toy", "Workload silence");
        assertThat(toy.services()).hasSize(1);
    }

    @Test
    void aJarWithServicesOnlyIsLoadedAsAnAutomaticModule() {
        PluginJars.plugin("mine", policy("mine")).build(folder.resolve("mine-1.2.jar"));
        PluginRegistry registry = load();
        assertThat(registry.problems()).isEmpty();
        assertThat(registry.plugin("mine").module()).isEqualTo("mine");
        assertThat(registry.plugin("mine").version()).as("from the jar's name").isEqualTo("1.2");
        assertThat(registry.find(FreePolicy.class, "mine").orElseThrow().pluginId()).isEqualTo("mine");
    }

    @Test
    void anAutomaticModuleNameIsUsed() {
        PluginJars.plugin("mine", policy("mine")).manifest("Automatic-Module-Name: org.example.mine").build(folder.resolve("x.jar"));
        assertThat(load().plugin("mine").module()).isEqualTo("org.example.mine");
    }

    @Test
    void twoJarsMayHoldClassesOfTheSameName() {
        PluginJars.plugin("one", policy("one")).build(folder.resolve("one.jar"));
        PluginJars.plugin("two", policy("two")).build(folder.resolve("two.jar"));
        PluginRegistry registry = load();
        assertThat(registry.problems()).isEmpty();
        Class<?> first = registry.find(FreePolicy.class, "one").orElseThrow().extension().implementation();
        Class<?> second = registry.find(FreePolicy.class, "two").orElseThrow().extension().implementation();
        assertThat(first.getName()).isNotEqualTo(second.getName());
        assertThat(first.getClassLoader()).isNotSameAs(second.getClassLoader());
    }

    @Test
    void aTextFile() throws IOException {
        Files.writeString(folder.resolve("notes.jar"), "not a jar at all\n");
        assertThat(problem())
                .isEqualTo("notes.jar: is not a jar (zip END header not found); build it again, or remove it from the plugins folder");
    }

    @Test
    void anEmptyFileAndADirectory() throws IOException {
        Files.createFile(folder.resolve("a.jar"));
        Files.createDirectory(folder.resolve("b.jar"));
        assertThat(load().problems()).extracting(PluginProblem::toString).containsExactly(
                "a.jar: is not a jar (zip file is empty); build it again, or remove it from the plugins folder",
                "b.jar: is a directory, not a jar; put the jar itself into the plugins folder");
    }

    @Test
    void aTruncatedJar() throws IOException {
        Path jar = PluginJars.plugin("mine", policy("mine")).build(folder.resolve("mine.jar"));
        byte[] bytes = Files.readAllBytes(jar);
        Files.write(jar, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(problem()).startsWith("mine.jar: is not a jar (");
    }

    @Test
    void aJarWithoutAPlugin() {
        new PluginJars().source("plug.Nothing", "package plug; public class Nothing {}").build(folder.resolve("lib.jar"));
        assertThat(problem())
                .isEqualTo("lib.jar: holds no dmalab plugin; a plugin names its class in module-info 'provides' and in META-INF/services/"
                + EmulatorPlugin.class.getName());
    }

    @Test
    void aProviderThatIsNotInTheJar() {
        new PluginJars().service("plug.Gone").source("plug.Other", "package plug; public class Other {}").build(folder.resolve("gone.jar"));
        assertThat(problem()).startsWith("gone.jar: ").contains("plug.Gone");
    }

    @Test
    void aProviderThatIsNoPlugin() {
        new PluginJars().service("plug.Other").source("plug.Other", "package plug; public class Other {}")
                .build(folder.resolve("other.jar"));
        assertThat(problem()).startsWith("other.jar: ").contains("plug.Other").contains("not a subtype");
    }

    @Test
    void aModuleThatNeedsAnotherOne() throws IOException {
        Path library = new PluginJars().source("module-info", "module shelf { exports shelf; }")
                .source("shelf.Shelf", "package shelf; public class Shelf {}")
                .build(Files.createDirectory(folder.resolve("elsewhere")).resolve("shelf.jar"));
        new PluginJars()
                .source("module-info",
                "module needy { requires shelf; requires io.dmalab.api; provides io.dmalab.api.EmulatorPlugin with plug.Pneedy; }")
                .source("plug.Pneedy", source("needy", "")).with(library).build(folder.resolve("needy.jar"));
        assertThat(problem()).isEqualTo("needy.jar: Module shelf not found, required by needy;"
                + " a drop-in plugin sees the modules of dmalab, of the JDK and of its folder only; build the rest into its jar");
    }

    private static String source(String id, String body) {
        return "package plug; import io.dmalab.api.*; import io.dmalab.api.policy.*; public final class P" + id
                + " implements EmulatorPlugin { public String id() { return \"" + id + "\"; } public String summary() { return \"\"; }"
                + " public void register(Extensions extensions) { " + body
                        + " } public static final class Policy implements FreePolicy {} }";
    }

    @Test
    void anExceptionInRegister() {
        PluginJars.plugin("bad", "throw new IllegalStateException(\"no licence\\nfound\");").build(folder.resolve("bad.jar"));
        assertThat(problem()).isEqualTo("bad.jar: IllegalStateException: no licence found, in plug.Pbad.register of plugin 'bad'; repair the plugin or remove it");
    }

    @Test
    void anErrorInRegister() {
        PluginJars.plugin("bad", "throw new NoClassDefFoundError(\"org/example/Missing\");").build(folder.resolve("bad.jar"));
        assertThat(problem()).isEqualTo("bad.jar: NoClassDefFoundError: org/example/Missing, in plug.Pbad.register of plugin 'bad'; repair the plugin or remove it");
    }

    @Test
    void aPluginThatFailsHalfWayRegistersNothing() {
        PluginJars.plugin("half", policy("half") + "throw new IllegalStateException();").build(folder.resolve("half.jar"));
        assertThat(problem()).isEqualTo("half.jar: it failed with java.lang.IllegalStateException, in plug.Phalf.register of plugin 'half'; repair the plugin or remove it");
        assertThat(load().find(FreePolicy.class, "half")).isEmpty();
    }

    @Test
    void aSecondPluginOfOneIdNamesBothPlaces() {
        PluginJars.plugin("mine", policy("mine")).build(folder.resolve("a.jar"));
        PluginJars.plugin("mine", policy("other")).build(folder.resolve("b.jar"));
        assertThat(problem()).isEqualTo("b.jar: plugin id 'mine' of " + folder.resolve("b.jar") + " is taken by " + folder.resolve("a.jar")
                + "; remove one of the two");
        assertThat(load().find(FreePolicy.class, "mine")).isPresent();
        assertThat(load().find(FreePolicy.class, "other")).isEmpty();
    }

    @Test
    void aSecondExtensionOfOneIdNamesBothPlugins() {
        PluginJars.plugin("mine", LEGACY).build(folder.resolve("mine.jar"));
        assertThat(problem())
                .isEqualTo("mine.jar: FreePolicy 'legacy' of plugin mine is registered already, by plugin core;"
                        + " repair the plugin or remove it");
    }

    @Test
    void aPluginThatRegistersTwiceTheSame() {
        PluginJars.plugin("mine", policy("x") + policy("x")).build(folder.resolve("mine.jar"));
        assertThat(problem()).isEqualTo("mine.jar: plugin mine registers FreePolicy 'x' twice; repair the plugin or remove it");
    }

    @Test
    void idsAreKebabCase() {
        PluginJars.plugin("My_Plugin", "").build(folder.resolve("a.jar"));
        assertThat(problem()).isEqualTo("a.jar: plugin id 'My_Plugin' is not kebab-case; ask its author to name it like 'my-plugin'");
    }

    @Test
    void anExtensionThatCanNeverBeMadeDisablesItsPluginOnly() {
        new PluginJars().service("plug.Pneeds").source("plug.Pneeds", source("needs", policy("needs"))
                .replace("Policy implements FreePolicy {}",
                "Policy implements FreePolicy { @jakarta.inject.Inject Policy(Runnable nobodyProvidesThis) {} }"))
                        .build(folder.resolve("needs.jar"));
        PluginJars.plugin("fine", policy("fine")).build(folder.resolve("fine.jar"));
        assertThat(problem()).startsWith("needs (" + folder.resolve("needs.jar")
                + "): FreePolicy 'needs' cannot be made: No implementation for java.lang.Runnable was bound; repair");
        assertThat(load().find(FreePolicy.class, "fine")).isPresent();
    }

    @Test
    void optionsAreCheckedWhenAPluginRegisters() {
        new PluginJars().service("plug.Popts").source("plug.Popts", source("opts",
                        "extensions.add(Extension.of(FreePolicy.class, \"opts\", Policy.class, \"x\").options(Bad.class));")
                                .replace("public static final class Policy",
                        "public record Bad(int n) {} public static final class Policy")).build(folder.resolve("opts.jar"));
        assertThat(problem())
                .isEqualTo("opts.jar: FreePolicy 'opts': component n of plug.Popts$Bad has no @Option; repair the plugin or remove it");
    }

    @Test
    void hiddenFilesAndOtherFilesAreNotPlugins() throws IOException {
        Files.writeString(folder.resolve("._mine.jar"), "resource fork");
        Files.writeString(folder.resolve("README.md"), "put jars here");
        assertThat(load().problems()).isEmpty();
    }

    @Test
    void aFolderThatIsNotThereIsBadInput() {
        assertThatThrownBy(() -> PluginLoader.load(Optional.of(folder.resolve("none")), List.of())).isInstanceOf(BadInput.class)
                .message().startsWith(folder.resolve("none") + ": cannot be listed (").endsWith("; name a folder that holds plugin jars");
    }

    @Test
    void anUnknownPluginIsSuggested() {
        assertThatThrownBy(() -> load().plugin("cor")).hasMessage("'cor': no such plugin; did you mean 'core'? known: core");
    }

    @Test
    void onTheClassPathAJarGetsALoaderOfItsOwn() throws Unusable {
        Path jar = PluginJars.plugin("mine", policy("mine")).build(folder.resolve("mine.jar"));
        List<EmulatorPlugin> plugins = PluginJar.read(jar).inClassLoader(List.of());
        assertThat(plugins).hasSize(1);
        assertThat(plugins.getFirst().id()).isEqualTo("mine");
        assertThat(plugins.getFirst().getClass().getModule().isNamed()).isFalse();
        assertThat(plugins.getFirst().getClass().getClassLoader().getName()).isEqualTo("plugin mine.jar");
    }
}
