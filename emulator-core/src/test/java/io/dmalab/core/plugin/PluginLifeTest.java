package io.dmalab.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.ApiVersion;
import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extensions;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.PluginJars;
import io.dmalab.core.machine.Injection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What plugins are to each other and to dmalab: order, requirements, versions of the API, libraries of their own. */
class PluginLifeTest {
    @TempDir
    Path folder;

    private PluginRegistry load() {
        return Injection.of(PluginLoader.load(Optional.of(folder), Injection.injectors())).registry();
    }

    private static List<String> problems(PluginRegistry registry) {
        return registry.problems().stream().map(PluginProblem::toString).toList();
    }

    // order

    /** Registers one policy, named after itself unless said otherwise. */
    record Sample(String id, List<String> requires, String policy) implements EmulatorPlugin {
        @Override
        public String summary() {
            return id;
        }

        @Override
        public void register(Extensions extensions) {
            extensions.add(FreePolicy.class, policy, Kept.class, id);
        }

        public static final class Kept implements FreePolicy {}
    }

    private static Candidate candidate(String where, String id, String requires, String policy) {
        List<String> others = requires.isEmpty() ? List.of() : List.of(requires.split(" "));
        return Candidate.of(new Sample(id, others, policy), where, true, Optional.empty());
    }

    private static String described(PluginRegistry registry) {
        StringBuilder text = new StringBuilder();
        registry.plugins().forEach(p -> text.append(p.id()).append(' ').append(p.extensions().getFirst().id()).append('\n'));
        registry.extensions(FreePolicy.class).forEach(e -> text.append(e).append('\n'));
        problems(registry).forEach(p -> text.append(p).append('\n'));
        return text.toString();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    @DisplayName("the order in which plugins are found has no influence, with duplicates, missing ones and cycles among them")
    void theOrderOfDiscoveryNeverMatters(long seed) {
        List<Candidate> found = new ArrayList<>(List.of(candidate("a.jar", "alpha", "beta", "alpha"), candidate("b.jar", "beta", "", "beta"),
                candidate("c.jar", "beta", "", "other"), candidate("d.jar", "delta", "", "beta"), candidate("e.jar", "eps", "delta", "eps"),
                candidate("f.jar", "phi", "nobody", "phi"), candidate("g.jar", "gamma", "eta", "gamma"),
                candidate("h.jar", "eta", "gamma", "eta"), candidate("i.jar", "iota", "alpha beta", "iota"),
                candidate("j.jar", "No_Id", "", "j")));
        String sorted = described(PluginLoader.registry(found, List.of()));
        Collections.shuffle(found, new Random(seed));
        assertThat(described(PluginLoader.registry(found, List.of()))).isEqualTo(sorted);
        assertThat(sorted).startsWith("alpha alpha\nbeta beta\niota iota\n").contains("is taken by", "registered already",
                "which cannot be used", "which is not there", "gamma -> eta -> gamma", "not kebab-case");
    }

    // requirements

    private static PluginJars requiring(String id, String others) {
        String ids = others.isEmpty() ? "" : "\"" + others.replace(" ", "\", \"") + "\"";
        return PluginJars.plugin(id, "extensions.add(FreePolicy.class, \"" + id + "\", Policy.class, \"x\"); }"
                + " public java.util.List<String> requires() { return java.util.List.of(" + ids + ");");
    }

    @Test
    void aPluginIsRegisteredAfterThoseItRequires() {
        requiring("first", "second third").build(folder.resolve("a.jar"));
        requiring("second", "third").build(folder.resolve("b.jar"));
        requiring("third", "core").build(folder.resolve("c.jar"));
        PluginRegistry registry = load();
        assertThat(problems(registry)).isEmpty();
        assertThat(registry.plugin("first").requires()).containsExactly("second", "third");
    }

    @Test
    void aMissingPluginIsNamedAndSuggested() {
        requiring("mine", "cor").build(folder.resolve("mine.jar"));
        assertThat(problems(load())).containsExactly("mine.jar: plugin 'mine' requires plugin 'cor', which is not there;"
                + " install it, or remove this one; did you mean 'core'? known: core, mine");
    }

    @Test
    void aCycleIsNamedByAllWhoAreOnIt() {
        requiring("one", "two").build(folder.resolve("a.jar"));
        requiring("two", "three").build(folder.resolve("b.jar"));
        requiring("three", "one").build(folder.resolve("c.jar"));
        requiring("behind", "one").build(folder.resolve("d.jar"));
        requiring("self", "self").build(folder.resolve("e.jar"));
        String remedy = "; remove one of these requirements, or one of the plugins";
        assertThat(problems(load())).containsExactly(
                "a.jar: plugin 'one' requires itself: one -> two -> three -> one" + remedy,
                "b.jar: plugin 'two' requires itself: two -> three -> one -> two" + remedy,
                "c.jar: plugin 'three' requires itself: three -> one -> two -> three" + remedy,
                "d.jar: plugin 'behind' requires plugin 'one', which cannot be used; repair or remove 'one' first",
                "e.jar: plugin 'self' requires itself: self -> self" + remedy);
    }

    @Test
    void whoRequiresABrokenOneIsLeftOutToo() {
        PluginJars.plugin("broken", "throw new IllegalStateException(\"no\");").build(folder.resolve("broken.jar"));
        requiring("user", "broken").build(folder.resolve("user.jar"));
        requiring("users-user", "user").build(folder.resolve("z.jar"));
        assertThat(problems(load())).containsExactly("broken.jar: IllegalStateException: no, in plug.Pbroken.register of plugin 'broken'; repair the plugin or remove it",
                "user.jar: plugin 'user' requires plugin 'broken', which cannot be used; repair or remove 'broken' first",
                "z.jar: plugin 'users-user' requires plugin 'user', which cannot be used; repair or remove 'user' first");
    }

    @Test
    void whoRequiresOneThatCannotBeWiredIsLeftOutToo() {
        PluginJars.plugin("needs", "extensions.add(FreePolicy.class, \"needs\", Wants.class, \"x\"); }"
                + " public static final class Wants implements FreePolicy { @jakarta.inject.Inject Wants(Runnable nobody) {} } void x() {")
                .build(folder.resolve("needs.jar"));
        requiring("user", "needs").build(folder.resolve("user.jar"));
        assertThat(problems(load())).hasSize(2).last().asString().isEqualTo("user (" + folder.resolve("user.jar")
                + "): it requires plugin 'needs', which cannot be used; repair or remove 'needs' first");
    }

    private static String plugin(String type, String id, String body) {
        return "package " + type + "; import io.dmalab.api.*; public final class Main implements EmulatorPlugin { public String id() { return \""
                + id + "\"; } public String summary() { return " + body + "; } public void register(Extensions extensions) {} }";
    }

    private Path offering(Path jar) {
        return new PluginJars().source("module-info",
                "module base { requires transitive io.dmalab.api; exports base; provides io.dmalab.api.EmulatorPlugin with base.Main; }")
                .source("base.Main", plugin("base", "base", "Words.WORD")).service("base.Main")
                .source("base.Words", "package base; public class Words { public static String WORD = String.valueOf(\"from base\"); }").build(jar);
    }

    private Path using(Path base, Path jar) {
        return new PluginJars().source("module-info",
                "module user { requires base; provides io.dmalab.api.EmulatorPlugin with user.Main; }").service("user.Main")
                .source("user.Main", plugin("user", "user", "base.Words.WORD")).with(base).build(jar);
    }

    @Test
    void aDropInPluginMayUseClassesOfAnotherWhoseModuleItRequires() {
        using(offering(folder.resolve("z-base.jar")), folder.resolve("a-user.jar"));
        PluginRegistry registry = load();
        assertThat(problems(registry)).isEmpty();
        assertThat(registry.plugin("user").summary()).isEqualTo("from base");
    }

    @Test
    void soItIsOnTheClassPath() throws Unusable {
        PluginJar base = PluginJar.read(offering(folder.resolve("z-base.jar")));
        PluginJar user = PluginJar.read(using(folder.resolve("z-base.jar"), folder.resolve("a-user.jar")));
        base.inClassLoader(List.of());
        assertThat(user.inClassLoader(List.of(base)).getFirst().summary()).isEqualTo("from base");
    }

    @Test
    void jarsWhoseModulesRequireEachOtherAreNamed() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path stub = new PluginJars().source("module-info", "module base { requires transitive io.dmalab.api; exports base; }")
                .source("base.Words", "package base; public class Words { public static String WORD; }").build(elsewhere.resolve("base.jar"));
        using(stub, folder.resolve("a-user.jar"));
        Path other = new PluginJars().source("module-info", "module user { exports user; }")
                .source("user.Nothing", "package user; public class Nothing {}").build(elsewhere.resolve("user.jar"));
        new PluginJars().source("module-info", "module base { requires user; exports base; }")
                .source("base.Words", "package base; public class Words {}").with(other).build(folder.resolve("z-base.jar"));
        assertThat(problems(load())).hasSize(2).allSatisfy(problem -> assertThat(problem)
                .contains("its module and those of other jars require each other: ").endsWith("; remove one of these requirements"))
                .first().asString().startsWith("a-user.jar: ").contains(": user -> base");
    }

    // libraries

    /** A plugin whose jar holds a tiny library, each version of which has a method that the other has not. */
    private Path bundling(String id, String version) {
        return new PluginJars().source("lib.Lib", """
                package lib;
                public class Lib {
                    public static String version() { return new String("%1$s"); }
                    public static int only%1$s() { return %1$s; }
                }
                """.formatted(version)).source("plug.Main", plugin("plug", id, "lib.Lib.version() + lib.Lib.only" + version + "()"))
                .source("module-info", "module " + id + " { requires io.dmalab.api; provides io.dmalab.api.EmulatorPlugin with plug.Main; }")
                .service("plug.Main").build(folder.resolve(id + ".jar"));
    }

    @Test
    @DisplayName("two plugins that bring two versions of one library, in the same package, each use their own")
    void conflictingVersionsOfALibrary() throws ReflectiveOperationException {
        bundling("one", "1");
        bundling("two", "2");
        PluginRegistry registry = load();
        assertThat(problems(registry)).isEmpty();
        assertThat(registry.plugin("one").summary()).isEqualTo("11");
        assertThat(registry.plugin("two").summary()).isEqualTo("22");
        assertThat(library(registry, "one")).isNotSameAs(library(registry, "two"));
    }

    private static Class<?> library(PluginRegistry registry, String id) throws ReflectiveOperationException {
        return Class.forName("lib.Lib", true, registry.plugin(id).type().getClassLoader());
    }

    @Test
    void soTheyDoOnTheClassPath() throws Unusable {
        EmulatorPlugin one = PluginJar.read(bundling("one", "1")).inClassLoader(List.of()).getFirst();
        EmulatorPlugin two = PluginJar.read(bundling("two", "2")).inClassLoader(List.of()).getFirst();
        assertThat(List.of(one.summary(), two.summary())).containsExactly("11", "22");
    }

    // versions of the API

    private Path builtFor(String version) {
        return PluginJars.plugin("mine", "").manifest("Dmalab-Api-Version: " + version).build(folder.resolve("mine.jar"));
    }

    @ParameterizedTest
    @CsvSource({"1.0", "0.2", "0.0", "7.31"})
    void aJarForAnotherVersionOfTheApiIsRefusedByName(String version) {
        builtFor(version);
        assertThat(problems(load())).containsExactly("mine.jar: it was built for version " + version
                + " of dmalab's plugin API, and this is 0.1; take a build of it for 0.1, or a dmalab whose plugin API is " + version);
    }

    @Test
    void aJarForThisVersionIsTaken() {
        builtFor(ApiVersion.CURRENT.toString());
        assertThat(load().plugin("mine").builtFor()).contains(ApiVersion.CURRENT);
    }

    @Test
    void aVersionThatIsNoneIsSaid() {
        builtFor("new");
        assertThat(problems(load())).containsExactly(
                "mine.jar: its manifest says Dmalab-Api-Version: new, which is no version; write major.minor, such as 0.1");
    }

    @Test
    void aJarThatSaysNothingIsTaken() {
        PluginJars.plugin("mine", "").build(folder.resolve("mine.jar"));
        assertThat(load().plugin("mine").builtFor()).isEmpty();
    }

    @Test
    @DisplayName("the compiler notes the version of the API in a module-info: nobody has to write it")
    void theCompilerNotesTheVersion() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path future = new PluginJars().source("module-info", "module io.dmalab.api { exports io.dmalab.api; }").source(
                "io.dmalab.api.EmulatorPlugin", "package io.dmalab.api; public interface EmulatorPlugin { String id(); }")
                .options("--module-version", "3.4.5-SNAPSHOT").build(elsewhere.resolve("api.jar"));
        new PluginJars().source("module-info", "module newer { requires io.dmalab.api; provides io.dmalab.api.EmulatorPlugin with n.Newer; }")
                .source("n.Newer", "package n; public class Newer implements io.dmalab.api.EmulatorPlugin { public String id() { return \"n\"; } }")
                .with(future).build(folder.resolve("newer.jar"));
        assertThat(problems(load())).singleElement().asString().startsWith("newer.jar: it was built for version 3.4 of dmalab's plugin API");
    }

    @Test
    void thisVersionIsThatOfTheModule() {
        assertThat(EmulatorPlugin.class.getModule().getDescriptor().rawVersion().flatMap(ApiVersion::parse)).contains(ApiVersion.CURRENT);
    }

    @ParameterizedTest
    @CsvSource({"1.4, 1.3, true", "1.4, 1.4, true", "1.4, 1.5, false", "1.4, 2.0, false", "2.0, 1.9, false", "0.3, 0.3, true", "0.3, 0.2, false"})
    void fromOneOnAMinorVersionTakesNothingAway(String here, String built, boolean serves) {
        assertThat(ApiVersion.parse(here).orElseThrow().serves(ApiVersion.parse(built).orElseThrow())).isEqualTo(serves);
    }

    @Test
    void aPluginForANewerJavaSaysSo() throws IOException {
        Path built = PluginJars.plugin("mine", "").build(folder.resolve("built"));
        try (JarFile from = new JarFile(built.toFile());
                JarOutputStream to = new JarOutputStream(Files.newOutputStream(folder.resolve("mine.jar")))) {
            for (JarEntry entry : Collections.list(from.entries())) {
                byte[] bytes = from.getInputStream(entry).readAllBytes();
                if (entry.getName().endsWith(".class")) {
                    bytes[7] += 5; // the low byte of the class file's major version
                }
                to.putNextEntry(new JarEntry(entry.getName()));
                to.write(bytes);
            }
        }
        assertThat(problems(load())).singleElement().asString().startsWith("mine.jar: UnsupportedClassVersionError: plug/Pmine ")
                .endsWith("; build it for Java 25 or older");
    }
}
