package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Comparison;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.PolicySummary;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Traces become scenarios. */
class ImportTest {
    private static final String DEFAULT = Emulator.DEFAULT_SCENARIO;
    /** Of the pages in flight when the imported scenario is run, against those of the recorded run. */
    private static final double IN_FLIGHT_TOLERANCE = 0.10;
    /** The guest's own ftrace of a real kernel: 6.12, 64K pages, under QEMU. */
    private static final Path GUEST_TRACE =
            Path.of(System.getProperty("basedir", "."), "src/test/resources/linux612-64k-ftrace.guest.jsonl.gz");

    @TempDir
    Path folder;

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private String write(String name, List<String> lines) throws IOException {
        Files.write(folder.resolve(name), lines);
        return file(name);
    }

    private String composed() throws IOException {
        return write("machine.trace", ComposedTrace.of(KernelProfile.V6_14, false));
    }

    private static JsonNode json(String... args) {
        List<String> all = new ArrayList<>(List.of("import", "--json"));
        all.addAll(List.of(args));
        Cli.Outcome outcome = Cli.run(all);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return JsonMapper.shared().readTree(outcome.out());
    }

    private static JsonNode population(JsonNode recording, String subject) {
        return of(recording.path("populations"), subject);
    }

    private static JsonNode of(JsonNode populations, String subject) {
        return populations.valueStream().filter(p -> p.path("subject").stringValue().equals(subject)).findFirst().orElseThrow();
    }

    /** Every policy there is. */
    private static List<String> policies(Emulator emulator) {
        return emulator.extensions(FreePolicy.class).stream().map(policy -> policy.extension().id()).toList();
    }

    // against what a run knew

    /** How long each packet of a run was held, sorted: from its arrival to the end of its sk_buff. */
    private static List<Long> held(List<TraceRecord> events) {
        Map<Object, Long> live = new LinkedHashMap<>();
        List<Long> held = new ArrayList<>();
        for (TraceRecord event : events) {
            if (event.type().equals(NetEvents.RECEIVE_SKB)) {
                live.put(event.value("skbaddr"), event.timeNanos());
            } else if (event.type().equals(NetEvents.CONSUME_SKB) || event.type().equals(NetEvents.KFREE_SKB)) {
                Long start = live.remove(event.value("skbaddr"));
                if (start != null) {
                    held.add(event.timeNanos() - start);
                }
            }
        }
        assertThat(live).isEmpty();
        return held.stream().sorted().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    @DisplayName("a run's trace imported: in flight and held as the run knew it, and the scenario does it again")
    void aRunIsImported(long seed) {
        Emulator emulator = Emulator.load();
        EventLog log = new EventLog();
        RunResult run = emulator.run(emulator.request(DEFAULT).withSeed(seed).withObservers(List.of(log))
                .withObserver("ftrace,file=" + file("run.trace")));
        Removal removal = run.removals().getFirst();

        JsonNode recording = json(file("run.trace"), "-o", file("imported.yaml"));
        assertThat(recording.path("lines").path("damaged").intValue()).isZero();
        JsonNode found = recording.path("removal");
        assertThat(found.path("certain").booleanValue()).isTrue();
        assertThat(found.path("pagesInFlight").intValue()).isEqualTo(removal.mappedAfter());
        JsonNode mappings = of(found.path("live"), "mapping");
        // the trace sees the removal at its first event, when some acknowledgements may have been sent
        assertThat(mappings.path("atBegin").doubleValue()).isCloseTo(removal.mappedBefore(), within(0.01 * removal.mappedBefore() + 1));
        List<Long> held = held(log.events());
        for (JsonNode quantile : population(recording, "packet").path("holdQuantiles")) {
            int rank = (int) Math.ceil(quantile.path("percent").doubleValue() / 100 * held.size());
            // times of a trace are whole microseconds, histograms have three digits
            assertThat(quantile.path("nanos").doubleValue()).as("%s", quantile)
                    .isCloseTo(held.get(rank - 1), within(1_000 + 0.002 * held.get(rank - 1)));
        }

        Comparison comparison = emulator.compare(emulator.request(file("imported.yaml")), policies(emulator), 1);
        assertThat(comparison.policies()).hasSizeGreaterThanOrEqualTo(5).allSatisfy(policy -> {
            // one whose policy runs into a bug of its own never returns
            int returned = policy.found(FindingKind.BUG).hits() > 0 ? 0 : 1;
            assertThat(policy.blockedNanos().count() - policy.unfinished()).as("removals under %s", policy.policy()).isGreaterThanOrEqualTo(returned);
            double received = run.metric(Metrics.RX_PACKETS);
            assertThat(policy.metric(Metrics.RX_PACKETS).mean()).as(policy.policy()).isCloseTo(received, within(0.01 * received));
        });
        PolicySummary legacy = comparison.policies().stream().filter(policy -> policy.policy().equals("legacy")).findFirst().orElseThrow();
        assertThat(legacy.metric(Metrics.LATE_UNMAPS).mean())
                .isCloseTo(removal.mappedAfter(), within(IN_FLIGHT_TOLERANCE * removal.mappedAfter()));
    }

    @Test
    void anImportedScenarioRunsUnderEveryPolicyAndTheyDifferAsTheyDo() throws IOException {
        Emulator emulator = Emulator.load();
        json(composed(), "-o", file("machine.yaml"));
        String scenario = Files.readString(folder.resolve("machine.yaml"));
        assertThat(Schemas.errors(Schemas.of(emulator.scenarioSchema()), Schemas.toJson(scenario))).isEmpty();
        for (String policy : policies(emulator)) {
            RunResult result = emulator.run(emulator.request(file("machine.yaml")).withPolicy(policy));
            assertThat(result.removals()).as(policy).hasSize(1);
            // the last ones came while the driver was closing its channels
            assertThat(result.metric("rx_packets")).as(policy).isBetween(ComposedTrace.PACKETS - 4L, (long) ComposedTrace.PACKETS);
        }
        assertThat(emulator.run(emulator.request(file("machine.yaml")).withPolicy("legacy")).clean()).isFalse();
        assertThat(emulator.run(emulator.request(file("machine.yaml")).withPolicy("unmap-at-destroy")).clean()).isTrue();
    }

    // layouts

    @Test
    @DisplayName("formats.md 1.2: the layouts of every kernel profile, four and five columns of flags, give the same scenario")
    void layoutsDoNotMatter() throws IOException {
        List<String> scenarios = new ArrayList<>();
        for (KernelProfile profile : KernelProfile.all()) {
            for (boolean old : List.of(true, false)) {
                String trace = write("layout.trace", ComposedTrace.of(profile, old));
                Cli.Outcome outcome = Cli.run("import", trace, "-o", "-");
                assertThat(outcome.code()).isZero();
                scenarios.add(outcome.out());
            }
        }
        assertThat(scenarios.stream().distinct()).hasSize(1);
    }

    @Test
    @DisplayName("formats.md 1.2: unsigned return values, trace-cmd's padding and CR LF give the same recording")
    void trimmingsDoNotMatter() throws IOException {
        List<String> lines = ComposedTrace.of(KernelProfile.V6_14, false);
        List<String> other = lines.stream().map(line -> line.replace("retval=-4", "retval=18446744073709551612")
                .replaceFirst("(\\.[0-9]{6}: [a-z_]+:) ", "$1          ").replaceFirst(" [.]{2}s1[.] ", " ") + "\r").toList();
        String first = Cli.run("import", "--json", write("machine.trace", lines)).out();
        assertThat(Cli.run("import", "--json", write("machine.trace", other)).out()).isEqualTo(first);
    }

    @Test
    @DisplayName("corpus linux612-64k-ftrace: the hypercalls that a real kernel traced: first mapped, first unmapped")
    void aRealKernelsCallsAreImported() throws IOException {
        List<String> lines = new ArrayList<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(GUEST_TRACE))) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                JsonNode call = JsonMapper.shared().readTree(line);
                lines.add(String.format(Locale.ROOT, "           <...>-0       [%03d] ..... %12s: hcall_exit: opcode=%d retval=%d",
                        call.path("cpu").intValue(), call.path("t_s").stringValue(), Long.decode(call.path("opcode").stringValue()),
                        call.path("rc").longValue()));
            }
        }
        JsonNode recording = json(write("guest.trace", lines), "-o", file("guest.yaml"));
        assertThat(recording.path("lines").path("used").intValue()).isEqualTo(2846);
        Map<String, Long> calls = new LinkedHashMap<>();
        recording.path("hypercalls").forEach(c -> calls.put(c.path("call").stringValue() + " " + c.path("code").stringValue(),
                c.path("count").longValue()));
        assertThat(calls.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(2846);
        JsonNode mappings = population(recording, "unnamed-mapping");
        assertThat(mappings.path("began").longValue())
                .isEqualTo(calls.get("H_PUT_TCE H_SUCCESS") + calls.get("H_PUT_TCE_INDIRECT H_SUCCESS"));
        long ends = mappings.path("ended").longValue() + mappings.path("foreignEnds").longValue();
        assertThat(ends).isEqualTo(calls.get("H_STUFF_TCE H_SUCCESS"));
        assertThat(recording.has("removal")).isFalse();
        Emulator emulator = Emulator.load();
        for (String policy : policies(emulator)) {
            assertThat(emulator.run(emulator.request(file("guest.yaml")).withPolicy(policy)).removals()).as(policy).hasSize(1);
        }
    }

    // damage

    /** Cut in the middle, garbled, two lines in one, a time stamp that is out of this world, events that were lost, cut at the end. */
    private static List<String> damaged() {
        List<String> lines = new ArrayList<>(ComposedTrace.of(KernelProfile.V6_14, false));
        lines.set(10, lines.get(10).substring(0, 40));
        lines.set(21, lines.get(21).replace("skbaddr=", "skb\u0000addr="));
        lines.set(31, lines.get(31).substring(0, 90) + lines.get(32));
        lines.set(50, lines.get(50).replaceFirst("  100\\.", " 9100."));
        lines.add(60, "CPU:1 [LOST 12 EVENTS]");
        lines.add("           <...>-12      [0");
        return lines;
    }

    @Test
    void damagedLinesAreCountedAndShown() throws IOException {
        List<String> lines = damaged();
        String trace = write("damaged.trace", lines);
        JsonNode recording = json(trace);
        assertThat(recording.path("lines").path("damaged").intValue()).isEqualTo(5);
        assertThat(recording.path("lines").path("misplaced").intValue()).isEqualTo(1);
        assertThat(recording.path("lines").path("firstDamages").valueStream().map(d -> d.path("line").intValue()))
                .containsExactly(11, 22, 32, 61, lines.size());
        Golden.check("import-damaged", Cli.run("import", trace).text(folder));
    }

    @Test
    void noMoreDamagedLinesAreShownThanWanted() throws IOException {
        String trace = write("damaged.trace", damaged());
        assertThat(Cli.run("import", trace, "--max-damages", "2").out()).contains("damaged.trace:22:").doesNotContain("damaged.trace:32:")
                .contains("and 3 more");
    }

    @Test
    void aTraceCutAnywhereIsRead() throws IOException {
        Emulator emulator = Emulator.load();
        byte[] whole = String.join("\n", ComposedTrace.of(KernelProfile.V6_14, false)).getBytes(StandardCharsets.UTF_8);
        for (int cut = 5_000; cut < whole.length; cut += 31_013) {
            Files.write(folder.resolve("cut.trace"), Arrays.copyOf(whole, cut));
            assertThat(Cli.run("import", file("cut.trace"), "-o", file("cut.yaml"), "--force").code()).as("cut at %d", cut).isZero();
            assertThat(emulator.request(file("cut.yaml")).scenario().id()).isEqualTo("cut");
        }
    }

    // golden files

    @Test
    void report() throws IOException {
        String trace = composed();
        Golden.check("import", Cli.run("import", trace, "-o", file("machine.yaml")).text(folder));
        Golden.check("import-scenario", Files.readString(folder.resolve("machine.yaml")));
    }

    @Test
    void reportAsJson() throws IOException {
        Cli.Outcome outcome = Cli.run("import", "--json", composed());
        assertThat(Schemas.errors(Schemas.ofOutput("import"), outcome.out())).isEmpty();
        Golden.check("import-json", outcome.text(folder));
    }

    @Test
    void theSameTraceGivesTheSameBytes() throws IOException {
        String trace = composed();
        Cli.Outcome first = Cli.run("import", trace, "-o", file("one.yaml"), "--name", "same");
        Cli.Outcome second = Cli.run("import", trace, "-o", file("two.yaml"), "--name", "same");
        assertThat(second.out().replace("two.yaml", "one.yaml")).isEqualTo(first.out());
        assertThat(Files.readAllBytes(folder.resolve("two.yaml"))).isEqualTo(Files.readAllBytes(folder.resolve("one.yaml")));
    }

    @Test
    void gzipIsRead() throws IOException {
        String plain = composed();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(Files.readAllBytes(Path.of(plain)));
        }
        Files.write(folder.resolve("machine.trace.gz"), bytes.toByteArray());
        assertThat(Cli.run("import", file("machine.trace.gz"), "-o", "-").out()).isEqualTo(Cli.run("import", plain, "-o", "-").out())
                .startsWith("scenario: machine\n");
    }

    // what is refused, and what is left alone

    @Test
    void aTraceOfOtherEventsSaysWhatToRecord() throws IOException {
        String trace = write("other.trace", List.of(
                "           <...>-12      [000] .....   100.000000: sched_process_exit: comm=a pid=12 prio=120 group_dead=true"));
        Cli.Outcome outcome = Cli.run("import", trace, "-o", file("x.yaml"));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(folder.resolve("x.yaml")).doesNotExist();
        Golden.check("bad-import-nothing", outcome.text(folder));
    }

    @Test
    void aFileThatIsThereIsLeftAloneUnlessForced() throws IOException {
        String trace = composed();
        Files.writeString(folder.resolve("mine.yaml"), "mine");
        Cli.Outcome refused = Cli.run("import", trace, "-o", file("mine.yaml"));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).isEqualTo("dmalab: " + file("mine.yaml") + ": is there already; name another file, or add --force\n");
        assertThat(folder.resolve("mine.yaml")).hasContent("mine");
        assertThat(Cli.run("import", trace, "-o", file("mine.yaml"), "--force").code()).isZero();
        assertThat(Files.readString(folder.resolve("mine.yaml"))).startsWith("scenario: mine\n");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("machine.trace", "mine.yaml");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--device wlan0 | --device: nothing was recorded of 'wlan0'; known: eth4",
        "--name Mine | --name: 'Mine' is no name of a scenario; use small letters, digits and single dashes",
        "--mtu 12 | --mtu: 12 is out of range; use 68 to 65535",
        "--driver e1000 | 'e1000': no such device driver; known: chardev, dmarace-nic, ibmveth, mlx, mlx-legacy, pool-nic",
        "--driver mlx,rx | --driver: 'rx' is not an option of the form name=value; write e.g. mlx,rx=256",
        "--max-damages -1 | --max-damages: -1 is negative; use 0 or more"})
    void badOptionsAreRefused(String options, String message) throws IOException {
        List<String> args = new ArrayList<>(List.of("import", composed()));
        args.addAll(List.of(options.split(" ")));
        Cli.Outcome outcome = Cli.run(args);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).isEqualTo("dmalab: " + message + "\n");
    }

    // what is known of hold times

    @Test
    void theDistributionIsWhatTheTraceWasMadeOf() throws IOException {
        JsonNode packets = population(json(composed()), "packet");
        assertThat(packets.path("began").intValue()).isEqualTo(ComposedTrace.PACKETS);
        assertThat(packets.path("open").intValue()).isEqualTo(4);
        assertThat(packets.path("finiteShare").doubleValue()).isCloseTo(0.99, within(1e-9));
        List<JsonNode> quantiles = packets.path("holdQuantiles").valueStream().toList();
        assertThat(quantiles.get(0).path("nanos").doubleValue()).isCloseTo(2e6, within(2e3));
        assertThat(quantiles.get(2).path("nanos").doubleValue()).isCloseTo(50e6, within(50e3));
        assertThat(quantiles.get(3).has("nanos")).as("p99.9 is for ever").isFalse();
    }

    @Test
    void withoutEndsNothingIsHeld() throws IOException {
        List<String> arrivals = ComposedTrace.of(KernelProfile.V6_14, false).stream().filter(line -> line.contains("netif_receive_skb"))
                .toList();
        Cli.Outcome outcome = Cli.run("import", write("arrivals.trace", arrivals), "-o", file("arrivals.yaml"));
        assertThat(outcome.out()).contains("held      unknown, for no end was recorded; record skb:consume_skb and skb:kfree_skb, too");
        assertThat(Files.readString(folder.resolve("arrivals.yaml"))).doesNotContain("holders:\n");
    }

    @Test
    void withoutPacketsPagesAreTheWorkload() throws IOException {
        List<String> pages = ComposedTrace.of(KernelProfile.V6_14, false).stream().filter(line -> !line.contains("skb")).toList();
        JsonNode recording = json(write("pages.trace", pages), "-o", file("pages.yaml"));
        assertThat(recording.path("scenario").path("subject").stringValue()).isEqualTo("page");
        assertThat(Files.readString(folder.resolve("pages.yaml"))).contains("recorded pages of page_pools, each as one packet");
    }
}
