package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.trace.FtraceReader;
import io.dmalab.core.trace.ReadReport;
import io.dmalab.core.trace.TracedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The kernel's trace text of a run, with every plugin. */
class TraceTest {
    private static final String SMALL = Path.of(System.getProperty("basedir", "."), "src/test/resources/small.yaml").toString();
    private static final int LINES_BEFORE = 4;
    private static final int LINES_AFTER = 12;

    @TempDir
    Path folder;

    private Path trace(String... more) {
        Path file = folder.resolve("run.trace");
        List<String> command = new ArrayList<>(List.of("run", SMALL, "--policy", "legacy", "-q", "--trace", file.toString()));
        command.addAll(List.of(more));
        assertThat(Cli.run(command).err()).isEmpty();
        return file;
    }

    /** The lines around the first one from {@code from} on that contains {@code text}. */
    private static List<String> around(List<String> lines, int from, String text) {
        int at = IntStream.range(from, lines.size()).filter(i -> lines.get(i).contains(text)).findFirst().orElseThrow();
        return lines.subList(Math.max(0, at - LINES_BEFORE), Math.min(lines.size(), at + LINES_AFTER));
    }

    private static List<TracedEvent> read(Path file) throws IOException {
        List<TracedEvent> events = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            ReadReport report = FtraceReader.read(in, Emulator.load().eventTypes(), events::add);
            assertThat(report.firstDamages()).isEmpty();
            assertThat(report.otherNames()).isEmpty();
        }
        return events;
    }

    // text

    @Test
    @DisplayName("formats.md 1.2: the window goes, and a second fragment timer later the first page is unmapped through it")
    void theBug() throws IOException {
        List<String> lines = Files.readAllLines(trace());
        // the LIOBN in decimal: the default window has gone at boot already
        String gone = "ibm,remove-pe-dma-window arguments: " + 0x70000016;
        int removal = IntStream.range(0, lines.size()).filter(i -> lines.get(i).contains(gone)).findFirst().orElseThrow();
        List<String> excerpt = new ArrayList<>(lines.subList(0, 12));
        excerpt.add("...");
        excerpt.addAll(around(lines, 0, "action=UNBIND"));
        excerpt.add("...");
        excerpt.addAll(around(lines, removal, gone));
        excerpt.add("...");
        excerpt.addAll(around(lines, removal, "retval=-4"));
        Golden.check("trace", String.join("\n", excerpt) + "\n");
    }

    static Stream<String> profiles() {
        return KernelProfile.all().stream().map(KernelProfile::id);
    }

    @ParameterizedTest
    @MethodSource("profiles")
    @DisplayName("formats.md 1.2: the first line of every event as each kernel prints it")
    void everyLayout(String profile) throws IOException {
        Map<String, String> first = new LinkedHashMap<>();
        for (String line : Files.readAllLines(trace("--kernel", profile))) {
            if (!line.startsWith("#")) {
                String event = line.replaceFirst(".*? [0-9]+\\.[0-9]{6}: ((tracing_mark_write: )?[a-z0-9_:]+): .*", "$1");
                first.putIfAbsent(event, line);
            }
        }
        Golden.check("trace-" + profile, first.keySet().stream().sorted().map(first::get).collect(Collectors.joining("\n")) + "\n");
    }

    // events

    @ParameterizedTest
    @MethodSource("profiles")
    @DisplayName("formats.md 5.2: a whole run emitted and imported gives the same typed events")
    void aRunIsReadBack(String profile) throws IOException {
        EventLog log = new EventLog();
        Emulator emulator = Emulator.load();
        Path file = folder.resolve("run.trace");
        emulator.run(emulator.request(SMALL).withPolicy("legacy").withKernel(profile).withObservers(List.of(log))
                .withObserver("ftrace,file=" + file));
        List<TraceRecord> emitted = log.events().stream().sorted(Comparator.comparingLong(TraceRecord::timeNanos)).toList();
        List<TracedEvent> read = read(file);
        assertThat(read).hasSameSizeAs(emitted);
        Map<Long, Object> pointers = new LinkedHashMap<>();
        for (int i = 0; i < read.size(); i++) {
            TraceRecord out = emitted.get(i);
            TracedEvent in = read.get(i);
            assertThat(in.name()).isEqualTo(out.type().name());
            assertThat(in.cpu()).isEqualTo(out.cpu());
            assertThat(in.pid()).isEqualTo(out.pid());
            assertThat(in.comm()).isEqualTo(out.comm());
            assertThat(in.timeNanos()).isEqualTo((out.timeNanos() + 500) / 1000 * 1000);
            out.type().layout(KernelProfile.all().stream().filter(p -> p.id().equals(profile)).findFirst().orElseThrow()).pieces()
                    .forEach(piece -> {
                        Object value = out.value(piece.field());
                        Object printed = in.fields().get(piece.field());
                        // a hash stands for the same address everywhere
                        Object expected = piece.conversion() == 'p' ? pointers.computeIfAbsent((Long) value, address -> printed) : value;
                        assertThat(printed).as(in + " " + piece.field()).isEqualTo(expected);
                    });
        }
        assertThat(pointers.values()).as("different addresses have different hashes").doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("formats.md 1.2: hcall_entry and hcall_exit pair as perf's powerpc-hcalls.py pairs them, by CPU and opcode, and by task")
    void hypercallsPair() throws IOException {
        Map<String, TracedEvent> open = new LinkedHashMap<>();
        int pairs = 0;
        for (TracedEvent event : read(trace())) {
            if (event.name().equals("powerpc:hcall_entry")) {
                assertThat(open.put(event.cpu() + " " + event.number("opcode"), event)).as("nested: " + event).isNull();
            } else if (event.name().equals("powerpc:hcall_exit")) {
                TracedEvent entry = open.remove(event.cpu() + " " + event.number("opcode"));
                assertThat(entry).as("no entry: " + event).isNotNull();
                assertThat(entry.pid()).isEqualTo(event.pid());
                assertThat(entry.timeNanos()).isLessThanOrEqualTo(event.timeNanos());
                pairs++;
            }
        }
        assertThat(open).isEmpty();
        assertThat(pairs).isGreaterThan(100);
    }

    @Test
    @DisplayName("formats.md 1.2: no dma event before 6.12, and in page_pool_return the unmap precedes page_pool_state_release")
    void whatKernelsHave() throws IOException {
        assertThat(read(trace("--kernel", "v6.4"))).extracting(TracedEvent::name).doesNotContain("dma:dma_map_page", "dma:dma_unmap_page")
                .contains("page_pool:page_pool_state_release");
        List<TracedEvent> events = read(trace());
        TracedEvent last = null;
        for (TracedEvent event : events) {
            if (event.name().equals("page_pool:page_pool_state_release")) {
                assertThat(last.name()).as(event.toString()).isEqualTo("dma:dma_unmap_page");
            }
            last = event;
        }
        assertThat(events).extracting(TracedEvent::name).contains("iommu:add_device_to_group", "iommu:remove_device_from_group")
                .doesNotContain("iommu:map", "iommu:unmap");
    }

    // commands

    @Test
    void onStandardOutputTheTraceStandsAlone() throws IOException {
        String file = Files.readString(trace());
        Cli.Outcome outcome = Cli.run("run", SMALL, "--policy", "legacy", "--trace", "-");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEqualTo(file);
        assertThat(outcome.err()).contains("verdict   FORBIDDEN").doesNotContain("Unexpected TCEs");
    }

    @Test
    void aReplayWritesTheSameTrace() throws IOException {
        String trace = Files.readString(trace());
        String json = Cli.run("run", SMALL, "--policy", "legacy", "--json").out();
        String token = JsonMapper.shared().readTree(json).path("replay").stringValue();
        Path again = folder.resolve("again.trace");
        assertThat(Cli.run("replay", token, "--scenario", SMALL, "-q", "--trace", again.toString()).err()).isEmpty();
        assertThat(Files.readString(again)).isEqualTo(trace);
    }

    @Test
    void jsonLinesFollowTheirSchema() throws IOException {
        Path file = folder.resolve("run, with \"odd\" name.jsonl");
        Cli.Outcome outcome = Cli.run("run", SMALL, "--policy", "legacy", "--events", file.toString(), "--json");
        assertThat(outcome.err()).isEmpty();
        JsonNode run = JsonMapper.shared().readTree(outcome.out());
        Map<String, Long> kinds = new LinkedHashMap<>();
        Map<String, String> samples = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode node = JsonMapper.shared().readTree(line);
            kinds.merge(node.path("kind").stringValue(), 1L, Long::sum);
            samples.putIfAbsent(node.path("kind").stringValue() + node.path("event").asString(""), line);
        }
        assertThat(Cli.run("run", SMALL, "--policy", "legacy", "--events", "-").out()).isEqualTo(Files.readString(file));
        assertThat(kinds.keySet()).containsExactlyInAnyOrder("event", "log", "finding");
        assertThat(kinds.get("log")).isEqualTo(run.path("log").size());
        assertThat(kinds.get("finding")).isEqualTo(run.path("findings").size());
        samples.values().forEach(line -> assertThat(Schemas.errors(Schemas.ofOutput("event"), line)).as(line).isEmpty());
    }

    @Test
    void badInput() throws IOException {
        StringBuilder all = new StringBuilder();
        Path link = folder.resolve("none/run.trace");
        for (List<String> options : List.of(List.of("--trace", link.toString()), List.of("--events", folder.toString()),
                List.of("--trace", "-", "--json"), List.of("--trace", ""),
                List.of("--trace", "x", "--events", "x"), List.of("--observe", "ftrce"), List.of("--observe", "ftrace"),
                List.of("--observe", "jsonl,fle=x"), List.of("--observe", "ftrace,file=x,markers=maybe"),
                List.of("--verify-determinism", "--trace", "x"))) {
            List<String> command = new ArrayList<>(List.of("run", SMALL));
            command.addAll(options);
            Cli.Outcome outcome = Cli.run(command);
            assertThat(outcome.code()).as(options.toString()).isEqualTo(2);
            assertThat(outcome.out()).isEmpty();
            all.append(outcome.text(folder));
        }
        Golden.check("trace-bad-input", all.toString());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
