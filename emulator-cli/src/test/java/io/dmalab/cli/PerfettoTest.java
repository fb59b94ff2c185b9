package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code --perfetto} against the rules of the Trace Event Format, and against the run. */
class PerfettoTest {
    private static final String SMALL = Path.of(System.getProperty("basedir", "."), "src/test/resources/small.yaml").toString();

    @TempDir
    static Path folder;

    private static List<JsonNode> events;

    @BeforeAll
    static void record() throws IOException {
        events = read("legacy");
    }

    private static List<JsonNode> read(String policy) throws IOException {
        Path file = folder.resolve(policy + ".json");
        assertThat(Cli.run("run", SMALL, "--policy", policy, "-q", "--perfetto", file.toString()).err()).isEmpty();
        JsonNode root = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(root.get("displayTimeUnit").asString()).isEqualTo("ns");
        List<JsonNode> all = new ArrayList<>();
        root.get("traceEvents").forEach(all::add);
        return all;
    }

    private static String track(JsonNode event) {
        return event.get("pid").asInt() + "/" + event.get("tid").asInt();
    }

    /** In nanoseconds. */
    private static long nanos(JsonNode event, String field) {
        return event.get(field).decimalValue().movePointRight(3).longValueExact();
    }

    private static List<JsonNode> phase(String phase) {
        return events.stream().filter(event -> event.get("ph").asString().equals(phase)).toList();
    }

    @Test
    @DisplayName("formats.md 5.9: every event has the fields that its phase demands, and no phase is unknown")
    void fields() {
        for (JsonNode event : events) {
            String phase = event.get("ph").asString();
            assertThat(phase).isIn("M", "X", "i", "C", "b", "e", "s", "f");
            assertThat(event.get("name").asString()).isNotBlank();
            assertThat(event.get("pid").isIntegralNumber() && event.get("tid").isIntegralNumber()).isTrue();
            if (!phase.equals("M")) {
                assertThat(nanos(event, "ts")).isNotNegative();
            }
            switch (phase) {
                case "X" -> assertThat(nanos(event, "dur")).isNotNegative();
                case "i" -> assertThat(event.get("s").asString()).isIn("t", "p", "g");
                case "C" -> assertThat(event.get("args").values()).allMatch(JsonNode::isNumber).allMatch(value -> value.asLong() >= 0);
                case "b", "e", "s", "f" -> assertThat(event.has("id") && event.has("cat")).isTrue();
                case "M" -> assertThat(event.get("name").asString()).isIn("process_name", "process_sort_index", "thread_name",
                        "thread_sort_index");
                default -> { }
            }
        }
    }

    @Test
    void everyTrackAndProcessHasAName() {
        Set<String> tracks = new HashSet<>();
        Set<Integer> processes = new HashSet<>();
        for (JsonNode event : phase("M")) {
            switch (event.get("name").asString()) {
                case "thread_name" -> assertThat(tracks.add(track(event))).isTrue();
                case "process_name" -> assertThat(processes.add(event.get("pid").asInt())).isTrue();
                default -> { }
            }
        }
        assertThat(events.stream().map(event -> event.get("pid").asInt())).isSubsetOf(processes);
        assertThat(events.stream().filter(event -> !List.of("M", "C").contains(event.get("ph").asString())).map(PerfettoTest::track))
                .isSubsetOf(tracks);
    }

    @Test
    @DisplayName("slices of one track follow each other")
    void slicesDoNotOverlap() {
        Map<String, Long> ends = new HashMap<>();
        for (JsonNode slice : phase("X")) {
            assertThat(nanos(slice, "ts")).isGreaterThanOrEqualTo(ends.getOrDefault(track(slice), 0L));
            ends.put(track(slice), nanos(slice, "ts") + nanos(slice, "dur"));
        }
    }

    @Test
    void spansBeginAndEnd() {
        Map<String, Long> open = new HashMap<>();
        for (JsonNode event : events) {
            String key = event.has("id") ? event.get("cat").asString() + event.get("id") : "";
            if (event.get("ph").asString().equals("b")) {
                assertThat(open.put(key, nanos(event, "ts"))).isNull();
            } else if (event.get("ph").asString().equals("e")) {
                assertThat(nanos(event, "ts")).isGreaterThanOrEqualTo(open.remove(key));
            }
        }
        assertThat(open).isEmpty();
    }

    @Test
    @DisplayName("arrows lead forward in time, from a slice to a slice")
    void arrows() {
        Map<String, TreeMap<Long, Long>> slices = new HashMap<>();
        phase("X").forEach(x -> slices.computeIfAbsent(track(x), t -> new TreeMap<>()).put(nanos(x, "ts"), nanos(x, "ts") + nanos(x,
                "dur")));
        Map<Long, JsonNode> starts = new HashMap<>();
        phase("s").forEach(start -> assertThat(starts.put(start.get("id").asLong(), start)).isNull());
        assertThat(phase("f")).hasSameSizeAs(starts.values()).isNotEmpty();
        for (JsonNode end : phase("f")) {
            JsonNode start = starts.remove(end.get("id").asLong());
            assertThat(nanos(end, "ts")).isGreaterThan(nanos(start, "ts"));
            for (JsonNode side : List.of(start, end)) {
                Map.Entry<Long, Long> slice = slices.get(track(side)).floorEntry(nanos(side, "ts"));
                assertThat(slice.getValue()).isGreaterThanOrEqualTo(nanos(side, "ts"));
            }
        }
    }

    @Test
    @DisplayName("as many late mappings and accesses to freed memory as the run counts")
    void agreesWithTheRun() {
        String json = Cli.run("run", SMALL, "--policy", "legacy", "-q", "--json").out();
        JsonNode run = JsonMapper.shared().readTree(json);
        long accesses = 0;
        for (JsonNode finding : run.get("findings")) {
            accesses += finding.get("kind").asString().equals("use-after-free") ? finding.get("occurrences").asLong() : 0;
        }
        assertThat(phase("f").size()).isEqualTo(run.get("metrics").get("late_unmaps").asInt());
        assertThat(phase("i").stream().filter(i -> i.get("cat").asString().equals("use-after-free") && i.get("s").asString().equals("p")))
                .hasSize((int) accesses);
    }

    @Test
    void aCleanPolicyHasNoMark() throws IOException {
        assertThat(read("unmap-at-destroy")).noneMatch(event -> event.has("cat") && event.get("cat").asString().equals("use-after-free"))
                .noneMatch(event -> event.get("ph").asString().equals("s"));
    }

    @Test
    void countersEndWhereTheRunEnds() {
        JsonNode last = phase("C").stream().filter(c -> c.get("name").asString().startsWith("streaming")).toList().getLast();
        assertThat(last.get("args").get("live").asInt()).isZero();
    }

    @Test
    void sameFileAsAnotherOption() {
        Cli.Outcome outcome = Cli.run("run", SMALL, "--trace", folder.resolve("x").toString(), "--perfetto", folder.resolve("x")
                .toString());
        assertThat(outcome.code()).isEqualTo(Main.BAD_INPUT);
        Golden.check("bad-perfetto-same-file", outcome.text(folder));
    }
}
