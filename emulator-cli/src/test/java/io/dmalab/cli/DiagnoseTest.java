package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.KernelProfile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dmalab diagnose} on logs made of the reports' tokens, on our own logs, and on logs with nothing in them. */
class DiagnoseTest {
    private static final Path LOGS = Path.of(System.getProperty("basedir", "."), "src/test/resources/logs");
    private static final List<String> NOISE = List.of("eth0: link up, 25 Gbit/s", "systemd[1]: Started Session 44 of User root.",
            "random: crng reseeded on system resumption", "nfs: server filer1 not responding, still trying", "audit: type=1106 audit(1732532400.1:7)",
            "rcu: INFO: 3 callbacks offloaded", "EXT4-fs (sda1): mounted filesystem", "limit = none", "0x70000016", "sym+0x", "> quoted", "");

    @TempDir
    Path folder;

    static Stream<String> logs() throws IOException {
        try (Stream<Path> files = Files.list(LOGS)) {
            return files.map(f -> f.getFileName().toString().replace(".txt", "")).sorted().toList().stream();
        }
    }

    private static String log(String name) {
        return LOGS.resolve(name + ".txt").toString();
    }

    private static JsonNode json(String... files) {
        List<String> args = new ArrayList<>(List.of("diagnose", "--json"));
        args.addAll(List.of(files));
        return JsonMapper.shared().readTree(Cli.run(args).out());
    }

    private static List<String> failures(JsonNode log) {
        return log.path("diagnoses").valueStream().map(d -> d.path("failure").stringValue()).toList();
    }

    private static Map<String, String> fields(JsonNode diagnosis) {
        Map<String, String> fields = new LinkedHashMap<>();
        diagnosis.path("fields").forEach(f -> fields.putIfAbsent(f.path("name").stringValue(), f.path("raw").stringValue() + " | "
                + f.path("meaning").stringValue()));
        return fields;
    }

    // which failure

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', value = {
        "seed-mail | A1", "seed-stripped | A1", "a1-journalctl | A1", "a1-kasan | A1", "a1-oops | A1", "a1-trace-cmd | A1", "a2-hns3 | B1 A2",
        "a3-s390 | A3", "a4-tenstorrent | A4", "a5-vtd | A5", "a8-enetc | A8", "b1-hns3 | B1 B1", "b2-cloudflare | B", "b3-loongson | B",
        "b4-libreqos | B4", "b8-mlx5 | B8", "mixed-serial | B A1", "a6-zcrx | A6", "a7-parisc | A7", "b6-xsk | B6 B", "b-esp | B",
        "b10-mlx5 | B10", "b10-shampo | B10", "b9-socket | B"
    })
    @DisplayName("real-world-reports.md A1, A2, A3, A4, A5, A6, A7, A8, B1, B2, B3, B4, B6, B8, B9, B10 and invariant 1: a log of each is known for "
            + "what it is")
    void aKnownFailureIsNamed(String name, String expected) {
        Cli.Outcome outcome = Cli.run("diagnose", log(name));
        assertThat(outcome.code()).isEqualTo(Main.FINDING);
        assertThat(failures(json(log(name)).path("logs").get(0))).containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"none-boot", "none-unrelated", "none-notes"})
    void aLogWithoutAnyOfItSaysSo(String name) {
        Cli.Outcome outcome = Cli.run("diagnose", log(name));
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("no known failure").contains("Looked for:");
        assertThat(failures(json(log(name)).path("logs").get(0))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void textAndSchema(String name) {
        Cli.Outcome text = Cli.run("diagnose", log(name));
        assertThat(text.err()).isEmpty();
        Golden.check("diagnose-" + name, text.out().replace(LOGS.toString(), "LOGS"));
        assertThat(text.out().lines().filter(l -> !l.startsWith("    dmalab run ") && !l.contains(LOGS.toString())))
                .allMatch(l -> l.length() <= 96, "at most 96 columns");
        assertThat(Schemas.errors(Schemas.ofOutput("diagnosis"), Cli.run("diagnose", "--json", log(name)).out())).isEmpty();
    }

    @Test
    void jsonOfTheSeed() {
        Golden.check("diagnose-seed-json", Cli.run("diagnose", "--json", log("seed-mail")).out().replace("\r\n", "\n")
                .replace(JsonMapper.shared().writeValueAsString(log("seed-mail")), "\"LOG\""));
    }

    @Test
    void theDocumentShowsTheRealOutput() throws IOException {
        String shown = Files.readString(Path.of(System.getProperty("basedir", "."), "../docs/diagnose.md"));
        String out = Cli.run("diagnose", log("seed-mail")).out().replace(LOGS.toString() + "/", "").replaceAll("(?m)^(?=.)", "    ");
        assertThat(shown).contains(out.stripTrailing());
    }

    @Test
    @DisplayName("tce-hcalls.md 8: the seed's block is decoded field by field")
    void theSeed() {
        JsonNode diagnosis = json(log("seed-mail")).path("logs").get(0).path("diagnoses").get(0);
        Map<String, String> fields = fields(diagnosis);
        assertThat(fields.get("suppressed")).contains("48 | ").contains("at least 49 late calls");
        assertThat(fields.get("rc")).contains("-4 | H_PARAMETER");
        assertThat(fields.get("index")).contains("0x70000016 | LIOBN");
        assertThat(fields.get("tce")).contains("2^59: entry 0x61ee0 of 64 KiB pages");
        assertThat(fields.get("pgshift")).contains("0x10 | 2^16: the window's pages are 64 KiB");
        assertThat(fields.get("npages")).contains("0x1 | 1 entry");
        assertThat(fields.get("CPU")).startsWith("86 ");
        assertThat(fields.get("task")).contains("kworker/86:2, PID 97129 | worker 2 bound to CPU 86");
        assertThat(fields.get("workqueue")).contains("events page_pool_release_retry | system_wq");
        assertThat(fields.get("time")).contains("1 h 0 min 10 s");
        assertThat(diagnosis.path("readings").get(0).stringValue()).contains("milder");
        assertThat(diagnosis.path("certainty").stringValue()).isEqualTo("certain");
    }

    @Test
    void withoutStampsAndInAnyFormTheSeedIsTheSame() {
        JsonNode mail = json(log("seed-mail")).path("logs").get(0).path("diagnoses").get(0);
        JsonNode bare = json(log("seed-stripped")).path("logs").get(0).path("diagnoses").get(0);
        Map<String, String> stamped = fields(mail);
        stamped.remove("time");
        assertThat(fields(bare)).isEqualTo(stamped);
    }

    @Test
    void upstreamsLayoutSaysWhatCannotBeDecoded() {
        assertThat(fields(json(log("a1-journalctl")).path("logs").get(0).path("diagnoses").get(0)).get("DMA address"))
                .startsWith("- | not decodable");
    }

    @Test
    @DisplayName("real-world-reports.md invariant 3: warning seconds follow the 1.024 s lattice (A2, B1, B3), and another HZ's does not fit")
    void theLatticeTellsHz() {
        for (String name : List.of("a2-hns3", "b1-hns3", "b3-loongson")) {
            assertThat(json(log(name)).toString()).as(name).contains("HZ 250 or 1000").doesNotContain("HZ 100");
        }
    }

    @Test
    @DisplayName("real-world-reports.md invariant 4: late pages are at least 1 + the suppressed callbacks")
    void suppressedCallbacksAreLatePages() {
        assertThat(fields(json(log("mixed-serial")).path("logs").get(0).path("diagnoses").get(1)).get("suppressed")).contains("at least 49");
    }

    @Test
    @DisplayName("real-world-reports.md invariant 7: a hung task has been blocked for 120 to 240 s")
    void theHungTasksTime() {
        assertThat(fields(json(log("b1-hns3")).path("logs").get(0).path("diagnoses").get(0)).get("blocked")).contains("between 953 and 1073 s");
    }

    @Test
    void aStallAndTheCrashBehindItAreLinked() {
        JsonNode log = json(log("mixed-serial")).path("logs").get(0);
        assertThat(log.path("course").valueStream().map(m -> m.path("what").stringValue())).hasSizeGreaterThanOrEqualTo(3)
                .first().asString().startsWith("page_pool destroyed");
        assertThat(log.path("links").toString()).contains("population").contains("1610 s later");
    }

    // noise

    @ParameterizedTest
    @MethodSource("logs")
    void noiseBetweenTheLinesChangesNothing(String name) throws IOException {
        List<String> lines = Files.readAllLines(LOGS.resolve(name + ".txt"), StandardCharsets.UTF_8);
        String plain = withoutLines(json(log(name)));
        for (int seed = 1; seed <= 10; seed++) {
            Random random = new Random(seed);
            List<String> noisy = new ArrayList<>();
            for (String line : lines) {
                while (random.nextInt(3) == 0) {
                    noisy.add(NOISE.get(random.nextInt(NOISE.size())));
                }
                noisy.add(line);
            }
            Path file = Files.write(folder.resolve(name + ".txt"), noisy);
            assertThat(withoutLines(json(file.toString()))).as("seed %d", seed).isEqualTo(plain);
        }
    }

    private static String withoutLines(JsonNode json) {
        return json.path("logs").get(0).path("diagnoses").toString().replaceAll("\"line\":\\d+", "").replaceAll("line \\d+", "line N");
    }

    @Test
    void aBlockThatIsCutOffAtItsBeginningIsKnownByItsStack() throws IOException {
        List<String> lines = Files.readAllLines(LOGS.resolve("seed-stripped.txt"));
        int head = lines.indexOf(lines.stream().filter(l -> l.contains("plpar_tce_stuff failed")).findFirst().orElseThrow());
        int stack = lines.indexOf(lines.stream().filter(l -> l.contains("Call Trace:")).findFirst().orElseThrow());
        Map<String, String> whole = fields(json(log("seed-stripped")).path("logs").get(0).path("diagnoses").get(0));
        for (int from = head + 1; from <= stack; from++) {
            Path cut = Files.write(folder.resolve("cut.txt"), lines.subList(from, lines.size()));
            JsonNode diagnosis = json(cut.toString()).path("logs").get(0).path("diagnoses").get(0);
            assertThat(diagnosis.path("failure").stringValue()).as("from line %d", from + 1).isEqualTo("A1");
            assertThat(diagnosis.path("certainty").stringValue()).isEqualTo("likely");
            Map<String, String> fields = fields(diagnosis);
            assertThat(fields.get("function")).isEqualTo(whole.get("function"));
            assertThat(fields).allSatisfy((name, value) -> assertThat(value.split(" [|] ", 2)[0]).as(name)
                    .isIn("-", whole.getOrDefault(name, "").split(" [|] ", 2)[0]));
            if (from == stack) {
                checkAdvice(diagnosis);
            }
        }
    }

    @Test
    void aJournalInJsonIsRead() throws IOException {
        List<String> entries = new ArrayList<>();
        for (String line : Files.readAllLines(LOGS.resolve("seed-stripped.txt"))) {
            entries.add(JsonMapper.shared().writeValueAsString(Map.of("MESSAGE", line, "_TRANSPORT", "kernel", "PRIORITY", "4",
                    "_SOURCE_MONOTONIC_TIMESTAMP", "3610403833", "__REALTIME_TIMESTAMP", "1764068400000000")));
            entries.add("{\"_TRANSPORT\":\"stdout\",\"MESSAGE\":\"rc = -1\",\"BINARY\":[1,2]}");
        }
        Map<String, String> fields = fields(json(Files.write(folder.resolve("journal.json"), entries).toString()).path("logs").get(0).path("diagnoses").get(0));
        assertThat(fields).containsAllEntriesOf(fields(json(log("seed-stripped")).path("logs").get(0).path("diagnoses").get(0)));
        assertThat(fields.get("time")).startsWith("3610.403833 | ");
    }

    @Test
    void otherJsonIsRefusedForNothingWouldBeFoundInIt() throws IOException {
        for (String text : List.of(Cli.run("run", "fd-holder", "--policy", "legacy", "--json").out(), "{\n   \"dmesg\": [\n      {\n",
                "{\n\t\"_TRANSPORT\" : \"kernel\",\n\t\"MESSAGE\" : \"rc = -4\"\n}\n")) {
            Cli.Outcome outcome = Cli.run("diagnose", Files.writeString(folder.resolve("log.json"), text).toString());
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err()).endsWith("log.json: is JSON; give the log as text, or journalctl -o json\n").hasLineCount(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"UTF-16", "UTF-16LE", "UTF-8"})
    void byteOrderMarks(String charset) throws IOException {
        String text = (charset.equals("UTF-16") ? "" : "\ufeff") + Files.readString(LOGS.resolve("b4-libreqos.txt"));
        Path file = Files.write(folder.resolve("marked.txt"), text.getBytes(java.nio.charset.Charset.forName(charset)));
        assertThat(withoutLines(json(file.toString()))).isEqualTo(withoutLines(json(log("b4-libreqos"))));
    }

    // our own logs

    static Stream<String> profiles() {
        return KernelProfile.all().stream().map(KernelProfile::id);
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void ourOwnLogsAreRecognisedUnderEveryKernel(String kernel) throws IOException {
        for (String kasan : List.of("on", "off")) {
            Cli.Outcome run = Cli.run("run", "dlpar-remove-under-load", "--policy", "legacy", "--kernel", kernel, "--kasan", kasan);
            JsonNode log = json(Files.writeString(folder.resolve("run.log"), run.out()).toString()).path("logs").get(0);
            assertThat(failures(log)).as("kasan %s", kasan).isEqualTo(run.code() == 0 ? List.of() : List.of("A1"));
        }
    }

    @Test
    void aWaitThatEndedWellIsNoFailure() throws IOException {
        Cli.Outcome run = Cli.run("run", "dlpar-remove-under-load", "--policy", "wait-for-drain");
        assertThat(run.out()).contains("wait for 50ms");
        assertThat(Cli.run("diagnose", Files.writeString(folder.resolve("run.log"), run.out()).toString()).code()).isZero();
    }

    @Test
    void aWaitThatGaveUpIsNotRecommended() throws IOException {
        Cli.Outcome run = Cli.run("run", "never-read-socket", "--policy", "wait-for-drain");
        JsonNode diagnosis = json(Files.writeString(folder.resolve("run.log"), run.out()).toString()).path("logs").get(0).path("diagnoses").get(0);
        assertThat(policies(diagnosis)).containsExactly("unmap-at-destroy");
        assertThat(diagnosis.path("reproduction").path("command").stringValue()).isEqualTo("dmalab run never-read-socket --policy wait-for-drain");
        checkAdvice(diagnosis);
    }

    // advice

    private static List<String> policies(JsonNode diagnosis) {
        return diagnosis.path("preventedBy").valueStream().map(p -> p.path("policy").stringValue()).toList();
    }

    @ParameterizedTest
    @MethodSource("logs")
    void whatIsSaidToPreventItDoesAndLegacyDoesNot(String name) throws IOException {
        for (JsonNode diagnosis : json(log(name)).path("logs").get(0).path("diagnoses")) {
            checkAdvice(diagnosis);
        }
    }

    /** Runs the scenario as the report says to, then with each policy. */
    private void checkAdvice(JsonNode diagnosis) throws IOException {
        JsonNode reproduction = diagnosis.path("reproduction");
        if (reproduction.isMissingNode()) {
            assertThat(policies(diagnosis)).as("a policy is named only with a scenario to show it").isEmpty();
            return;
        }
        String command = reproduction.path("command").stringValue().replaceFirst("^dmalab ", "");
        String policy = command.replaceFirst(".*--policy (\\S+).*", "$1");
        if (reproduction.path("finding").isMissingNode()) {
            Path log = Files.writeString(folder.resolve("reproduced.log"), Cli.run(command.split(" ")).out());
            String failure = diagnosis.path("failure").stringValue();
            assertThat(failures(json(log.toString()).path("logs").get(0))).contains(failure.startsWith("B") ? "B" : failure);
            return;
        }
        String finding = reproduction.path("finding").stringValue();
        assertThat(found(command)).as(command).contains(finding);
        for (String other : policies(diagnosis)) {
            assertThat(found(command.replace("--policy " + policy, "--policy " + other))).as("%s under %s", command, other).doesNotContain(finding);
        }
    }

    @Test
    @DisplayName("real-world-reports.md A4: the driver that tracks its open files has no late unmap")
    void theRepairedDriverOfA4() throws IOException {
        String scenario = Files.readString(Path.of(System.getProperty("basedir", "."), "../scenarios/fd-holder.yaml"));
        Path repaired = Files.writeString(folder.resolve("repaired.yaml"), scenario.replace("driver: { id: chardev }",
                "driver: { id: chardev, track-open-files: true }"));
        assertThat(repaired).content().contains("track-open-files: true }");
        assertThat(found("run fd-holder --policy legacy")).contains("late-unmap");
        assertThat(found("run " + repaired + " --policy legacy")).isEmpty();
    }

    @Test
    @DisplayName("real-world-reports.md A6: a provider's late unmap is told from a pool's, on pSeries and behind an SMMU, and the policy named prevents it")
    void theProvidersLateUnmap() throws IOException {
        for (String more : List.of("", " --kasan off", " --set platform=arm64-smmu")) {
            Cli.Outcome run = Cli.run(("run zcrx-area --policy legacy" + more).split(" "));
            JsonNode log = json(Files.writeString(folder.resolve("run.log"), run.out()).toString()).path("logs").get(0);
            assertThat(failures(log)).as(more).containsExactly("A6");
            assertThat(policies(log.path("diagnoses").get(0))).as(more).contains("provider-unmaps").doesNotContain("unmap-at-destroy");
            checkAdvice(log.path("diagnoses").get(0));
        }
    }

    @Test
    @DisplayName("real-world-reports.md A7: a word of a 32-bit kernel is a false alarm if it is an empty list's head or at boot, and a pool's page otherwise")
    void theFalseAlarm() throws IOException {
        Map<String, String> fields = fields(json(log("a7-parisc")).path("logs").get(0).path("diagnoses").get(0));
        assertThat(fields.get("pp_magic")).contains("118022c0 | ").contains("& 0xc000007c = 0x40").contains("hold 0x230045");
        assertThat(fields.get("process")).contains("boot");
        String text = Files.readString(Path.of(log("a7-parisc")));
        Map<String, String> otherwise = Map.of("118022c0 118022c0", "118022c0 118022d0", "memblock_free_all", "shrink_folio_list", "mm_core_init", "kswapd");
        String changed = text;
        for (Map.Entry<String, String> change : otherwise.entrySet()) {
            assertThat(changed).contains(change.getKey());
            changed = changed.replace(change.getKey(), change.getValue());
        }
        JsonNode diagnosis = json(Files.writeString(folder.resolve("32.txt"), changed).toString()).path("logs").get(0).path("diagnoses").get(0);
        assertThat(diagnosis.path("failure").stringValue()).isEqualTo("B");
        assertThat(diagnosis.path("certainty").stringValue()).isEqualTo("likely");
        assertThat(fields(diagnosis).get("pp_magic")).contains("mapping that it tracks: 2293829");
        Path line = Files.writeString(folder.resolve("line.txt"), "page dumped because: page_pool leak\n");
        assertThat(Cli.run("diagnose", line.toString()).out()).contains("likely: ").doesNotContain("Decoded");
    }

    @Test
    @DisplayName("page-pool.md 9: a pool's page that is freed without it is told with who freed it and its mapping; the stall behind it is linked")
    void theLostPage() {
        JsonNode esp = json(log("b-esp")).path("logs").get(0);
        Map<String, String> fields = fields(esp.path("diagnoses").get(0));
        assertThat(fields.get("freed by")).startsWith("esp_ssg_unref.isra.0 | called by esp_output_tail < esp_xmit");
        assertThat(fields.get("dma_addr")).startsWith("00000001451b6000 | DMA address");
        assertThat(fields.get("pp")).startsWith("ffff88810d23c000");
        JsonNode xsk = json(log("b6-xsk")).path("logs").get(0);
        assertThat(fields(xsk.path("diagnoses").get(0)).get("dma_addr")).endsWith("not mapped by its pool");
        assertThat(xsk.path("links").toString()).contains("freed without its pool (B6, line 2)").contains("waits for ever");
    }

    @Test
    void withoutANetworkTheHolderIsNotThePool() throws IOException {
        Cli.Outcome run = Cli.run("run", "fd-holder", "--policy", "legacy");
        JsonNode log = json(Files.writeString(folder.resolve("run.log"), run.out()).toString()).path("logs").get(0);
        assertThat(failures(log)).containsExactly("A8", "A1");
        assertThat(policies(log.path("diagnoses").get(1))).doesNotContain("unmap-at-destroy");
        for (JsonNode diagnosis : log.path("diagnoses")) {
            checkAdvice(diagnosis);
        }
    }

    private static List<String> found(String command) {
        JsonNode run = JsonMapper.shared().readTree(Cli.run((command + " --json -q").split(" ")).out());
        return run.path("findings").valueStream().map(f -> f.path("kind").stringValue()).toList();
    }

    // input

    @Test
    void standardInput() throws IOException {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(Files.readAllBytes(Path.of(log("seed-mail")))));
            Cli.Outcome outcome = Cli.run("diagnose", "-", "-q");
            assertThat(outcome.code()).isEqualTo(Main.FINDING);
            assertThat(outcome.out().lines().findFirst()).contains("-: 30 lines, 1 known failure");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void gzip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            Files.copy(Path.of(log("seed-mail")), gzip);
        }
        assertThat(failures(json(Files.write(folder.resolve("dmesg.gz"), bytes.toByteArray()).toString()).path("logs").get(0)))
                .containsExactly("A1");
    }

    @Test
    void severalLogs() {
        Cli.Outcome outcome = Cli.run("diagnose", "-q", log("none-boot"), log("seed-mail"));
        assertThat(outcome.code()).isEqualTo(Main.FINDING);
        assertThat(outcome.out().lines()).hasSize(3);
    }

    @Test
    void theLogCannotCommandTheTerminal() throws IOException {
        Path file = Files.writeString(folder.resolve("evil.txt"), "[    1.0] x\n\u001b]0;title\u0007 page_pool_release_retry() stalled pool shutdown: "
                + "id 1, 2 inflight 60 sec\n");
        assertThat(Cli.run("diagnose", file.toString()).out()).contains("2 inflight 60 sec").doesNotContain("\u001b", "\u0007");
    }
}
