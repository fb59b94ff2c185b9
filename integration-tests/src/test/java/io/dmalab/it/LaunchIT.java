package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.observe.LogLine;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Progress;
import io.dmalab.core.run.RunRequest;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to start dmalab that the README shows gives the same history, on any collector, heap size and number of jobs. */
class LaunchIT {
    private static final String SCENARIO = "dlpar-remove-under-load";
    private static final Pattern POINTER = Pattern.compile("\\ttbl +\\S+ 00000000[0-9a-f]{8}$");
    private static final String LIB = Dist.LIB.toString();
    private static final String OPENS_MODULE = "--add-opens=java.base/java.lang=io.dmalab.core";
    private static final String OPENS_CLASS_PATH = "--add-opens=java.base/java.lang=ALL-UNNAMED";

    private static Emulator emulator;
    private static String expected;

    /** In-process: this test runs on the class path, without any flag. */
    @BeforeAll
    static void inProcess() {
        emulator = Emulator.load();
        expected = emulator.run(emulator.request(SCENARIO).withPolicy("legacy")).digestText();
    }

    static Stream<Arguments> launches() {
        return Stream.of(
                Arguments.of("./dmalab", List.of(Dist.ROOT.resolve("dmalab").toString())),
                Arguments.of("module path, no flag", List.of(Dist.JAVA, "-p", LIB, "-m", "io.dmalab.cli")),
                Arguments.of("module path, fast fibers", List.of(Dist.JAVA, OPENS_MODULE, "-p", LIB, "-m", "io.dmalab.cli")),
                Arguments.of("class path, no flag", List.of(Dist.JAVA, "-cp", LIB + "/*", "io.dmalab.cli.Main")),
                Arguments.of("class path, fast fibers", List.of(Dist.JAVA, OPENS_CLASS_PATH, "-cp", LIB + "/*", "io.dmalab.cli.Main")),
                Arguments.of("parallel collector, 128 MiB", java("-XX:+UseParallelGC", "-Xmx128m")),
                Arguments.of("G1, 1 GiB", java("-XX:+UseG1GC", "-Xms1g", "-Xmx1g")),
                Arguments.of("ZGC, no compiler but the quick one", java("-XX:+UseZGC", "-XX:TieredStopAtLevel=1")),
                Arguments.of("another locale, charset and zone",
                        java("-Duser.language=tr", "-Duser.country=TR", "-Dfile.encoding=ISO-8859-1", "-Duser.timezone=Asia/Kathmandu")));
    }

    private static List<String> java(String... flags) {
        return Stream.of(Stream.of(Dist.JAVA, OPENS_MODULE), Stream.of(flags), Stream.of("-p", LIB, "-m", "io.dmalab.cli"))
                .flatMap(s -> s).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("launches")
    @DisplayName("formats.md 5.14, real-world-reports.md E1: the digest is the same however dmalab is started")
    void sameDigestHoweverItIsStarted(String name, List<String> launch) throws Exception {
        Dist.Outcome run = Dist.run(Dist.command(launch, "run", SCENARIO, "--policy", "legacy", "--json"));
        assertThat(run.err()).as("messages on stderr").isEmpty();
        assertThat(run.code()).as("exit code: legacy has a finding").isEqualTo(1);
        assertThat(run.digest()).isEqualTo(expected);
    }

    @Test
    @DisplayName("formats.md 5.6: hashed pointers are the same in every JVM, and never an address")
    void hashedPointers() throws Exception {
        String kernel = "sle15sp6-6.4.0-instrumented";
        List<String> here = emulator.run(emulator.request(SCENARIO).withPolicy("legacy").withKasan(false).withKernel(kernel)).log().stream()
                .map(LogLine::text).filter(POINTER.asPredicate()).toList();
        Dist.Outcome there = Dist.run(Dist.command(java(), "run", SCENARIO, "--policy", "legacy", "--kasan", "off", "--kernel", kernel));
        assertThat(here).isNotEmpty();
        assertThat(there.out().lines().filter(POINTER.asPredicate()).map(line -> line.replaceFirst("^\\[ *[0-9.]+\\] ", "")).toList())
                .isEqualTo(here);
    }

    @ParameterizedTest(name = "--jobs {0}")
    @ValueSource(ints = {1, 2, 5})
    @DisplayName("compare gives the same digest for any number of jobs, in a process of its own and in this one")
    void sameComparisonForAnyNumberOfJobs(int jobs) throws Exception {
        List<String> policies = List.of("legacy", "unmap-at-destroy");
        List<RunRequest> requests = policies.stream().map(emulator.request(SCENARIO)::withPolicy).toList();
        long inProcess = emulator.compare(requests, 2, 6 - jobs, Progress.NONE).digest();
        Dist.Outcome compare = Dist.run(Dist.command(java(), "compare", SCENARIO, "--policies", String.join(",", policies),
                "--seeds", "2", "--jobs", Integer.toString(jobs), "--json"));
        assertThat(compare.code()).isZero();
        assertThat(compare.digest()).isEqualTo(String.format(Locale.ROOT, "%016x", inProcess));
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 3})
    void anotherSeedGivesAnotherDigest(long seed) {
        String digest = emulator.run(emulator.request(SCENARIO).withPolicy("legacy").withSeed(seed)).digestText();
        assertThat(digest).isNotEqualTo(expected);
    }
}
