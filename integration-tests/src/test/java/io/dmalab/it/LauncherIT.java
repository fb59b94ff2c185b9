package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, in a checkout of its own whose Maven only pretends: it counts its calls and hands out the distribution of this build. */
class LauncherIT {
    @TempDir
    Path temp;

    private Path checkout;
    private Path maven;
    private Path calls;

    @BeforeEach
    void checkout() throws IOException {
        checkout = Files.createDirectories(temp.resolve("a check out"));
        maven = Files.createDirectories(temp.resolve("bin"));
        calls = temp.resolve("calls");
        for (String file : List.of("dmalab", "build", "pom.xml", ".mvn/launch.sh")) {
            Path to = checkout.resolve(file);
            Files.createDirectories(to.getParent());
            Files.copy(Dist.ROOT.resolve(file), to, StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(checkout.resolve("netstack/src/main/java"));
        maven("""
                dist='%1$s/emulator-cli/target/dist'
                rm -rf "$dist"
                mkdir -p "$dist"
                touch "$dist/built"
                sleep 0.3
                cp -al '%2$s' "$dist/image" 2> /dev/null || cp -a '%2$s' "$dist/image"
                """.formatted(checkout, Dist.IMAGE));
    }

    private void maven(String body) throws IOException {
        Path script = maven.resolve("mvn");
        Files.writeString(script, "#!/usr/bin/env bash\nset -e\necho \"$@\" >> '" + calls + "'\n" + body);
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    private Dist.Outcome dmalab(Path script, Path folder, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        return Dist.run(command, folder,
                Map.of("PATH", maven + ":" + System.getenv("PATH"), "JAVA_HOME", System.getProperty("java.home"), "DMALAB_LOCKED", ""));
    }

    private Dist.Outcome version(Path script, Path folder) throws IOException, InterruptedException {
        return dmalab(script, folder, "--version");
    }

    private long builds() throws IOException {
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    @Test
    void buildsOnFirstUseAndSaysSoInOneLine() throws Exception {
        Dist.Outcome first = version(checkout.resolve("dmalab"), temp);
        assertThat(first.code()).isZero();
        assertThat(first.out()).startsWith("dmalab ");
        assertThat(first.err().lines()).hasSize(1).first().asString().contains("building (first use");
        Dist.Outcome second = version(checkout.resolve("dmalab"), temp);
        assertThat(second.err()).isEmpty();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        version(checkout.resolve("dmalab"), temp);
        Path source = Files.writeString(checkout.resolve("netstack/src/main/java/A.java"), "class A {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
        Dist.Outcome run = version(checkout.resolve("dmalab"), temp);
        assertThat(run.err()).contains("building (sources changed");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void startsThroughASymbolicLinkFromAnyFolder() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), checkout.resolve("dmalab"));
        Path relative = Files.createSymbolicLink(maven.resolve("dmalab"), Path.of("../link"));
        assertThat(version(link, temp).out()).startsWith("dmalab ");
        assertThat(version(relative, Path.of("/")).out()).startsWith("dmalab ");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void twoFirstUsesAtOnceBuildOnce() throws Exception {
        CompletableFuture<Dist.Outcome> other = CompletableFuture.supplyAsync(() -> {
            try {
                return version(checkout.resolve("dmalab"), temp);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Dist.Outcome one = version(checkout.resolve("dmalab"), temp);
        Dist.Outcome two = other.get();
        assertThat(List.of(one, two)).allSatisfy(run -> {
            assertThat(run.code()).isZero();
            assertThat(run.out()).startsWith("dmalab ");
        });
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void showsWhatMavenSaidWhenTheBuildFails() throws Exception {
        maven("echo 'Foo.java:3: cannot find symbol'; exit 1\n");
        Dist.Outcome run = version(checkout.resolve("dmalab"), temp);
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("Foo.java:3: cannot find symbol").contains("the build failed");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void passesArgumentsAndTheExitCodeThrough() throws Exception {
        Dist.Outcome run = dmalab(checkout.resolve("dmalab"), temp, "run", "no such scenario");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("no such scenario");
    }

    @Test
    void anotherCollectorIsTheUsersChoice() throws Exception {
        version(checkout.resolve("dmalab"), temp);
        Dist.Outcome run = Dist.run(List.of(checkout.resolve("dmalab").toString(), "--version"), temp,
                Map.of("JDK_JAVA_OPTIONS", "-XX:+UseParallelGC", "DMALAB_LOCKED", ""));
        assertThat(run.code()).isZero();
        assertThat(run.out()).startsWith("dmalab ");
    }

    @Test
    void oneLineWhereThereIsNoMaven() throws Exception {
        Path tools = Files.createDirectories(temp.resolve("tools"));
        for (String tool : List.of("bash", "dirname", "readlink", "find", "flock", "mkdir", "cat")) {
            Path at = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
            Path wrapper = Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec " + at + " \"$@\"\n");
            assertThat(wrapper.toFile().setExecutable(true)).isTrue();
        }
        Dist.Outcome run = Dist.run(List.of(checkout.resolve("build").toString(), "verify"), temp,
                Map.of("PATH", tools.toString(), "DMALAB_LOCKED", ""));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("no Maven (mvn) found");
    }
}
