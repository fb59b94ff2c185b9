package io.dmalab.platform.pseries.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.api.guest.GuestEvents;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.ScenarioReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded kernels and our guest make the same calls; and where a recording is changed, the difference is seen. */
class GuestReplayTest {
    private static final Emulator EMULATOR = Emulator.load();

    @TempDir
    Path folder;

    /** What a replay told its observers. */
    private static final class Story implements Observer {
        final Map<String, List<Object>> phases = new TreeMap<>();
        final Map<String, Long> choices = new TreeMap<>();
        final Map<String, Long> carriedOut = new TreeMap<>();
        final List<List<Object>> differences = new ArrayList<>();

        @Override
        public void event(TraceRecord event) {
            String name = (String) (event.values().isEmpty() || !(event.values().getFirst() instanceof String) ? "" : event.values().getFirst());
            if (event.type().equals(GuestEvents.PHASE)) {
                phases.put(name, event.values().subList(1, 5));
            } else if (event.type().equals(GuestEvents.CHOICE)) {
                choices.put(name, (Long) event.values().get(1));
            } else if (event.type().equals(GuestEvents.CARRIED_OUT)) {
                carriedOut.put(name, (Long) event.values().get(1));
            } else if (event.type().equals(GuestEvents.DIFFERENCE)) {
                differences.add(event.values());
            }
        }

        @Override
        public boolean wantsEvents() {
            return true;
        }

        long agreed() {
            return phases.values().stream().mapToLong(values -> (Long) values.get(1)).sum();
        }

        long carried() {
            return carriedOut.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private static Story replay(Path file) {
        Story story = new Story();
        RunResult result = EMULATOR.run(EMULATOR.request(ScenarioReader.read(new RecordedGuest().scenario(file), "recording"))
                .withObservers(List.of(story)));
        assertThat(result.end()).isEqualTo("idle");
        return story;
    }

    private static List<String> lines(String name) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(GuestReplayTest.class.getResourceAsStream("/recordings/" + name + ".jsonl.gz")), StandardCharsets.UTF_8))) {
            return new ArrayList<>(reader.lines().toList());
        }
    }

    private Path file(List<String> lines) throws IOException {
        return Files.write(folder.resolve("recording.jsonl"), lines);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"direct-window, set-up;dynamic window", "memory-hotplug, set-up;dynamic window;memory;plug",
        "two-processors, set-up;dynamic window;map;unmap", "one-window, set-up;dynamic window;map;unmap", "tiny-window, set-up;map;unmap",
        "create-refused, set-up;dynamic window;map;unmap", "firmware-first, set-up;dynamic window;map;unmap", "virtual-io, set-up;map;unmap",
        "bridge-removal, set-up;dynamic window;map;plug;removal", "function-unplug, set-up;dynamic window;plug;unplug"})
    @DisplayName("iommu-table.md 3 to 12, tce-hcalls.md 6, 7 and 9, ddw.md 4, 5 and 7, dlpar-and-notifiers.md 2 and 3: our guest makes the "
            + "calls that the recorded kernel made")
    void agrees(String name, String phases) throws IOException {
        List<String> lines = lines(name);
        Story story = replay(file(lines));
        assertThat(story.differences).isEmpty();
        assertThat(story.phases.keySet()).containsExactlyInAnyOrder(phases.split(";"));
        assertThat(story.phases.values()).allSatisfy(values -> assertThat(values.subList(2, 4)).containsExactly(0L, 0L));
        long calls = lines.stream().filter(line -> line.contains("\"op\":\"H_") || line.contains("\"op\":\"RTAS\"")).count();
        assertThat(story.agreed() + story.carried()).isEqualTo(calls);
    }

    @Test
    @DisplayName("a mapping that is left out shows in the next address, once: the rest is led back to the recording")
    void missingMapping() throws IOException {
        List<String> lines = lines("two-processors");
        int first = indexOf(lines, "\"op\":\"H_PUT_TCE\"", 0);
        lines.remove(first);
        Story story = replay(file(lines));
        assertThat(story.differences).isNotEmpty().hasSizeLessThan(4);
        assertThat(story.differences.getFirst().get(1)).isEqualTo("map");
        assertThat((String) story.differences.getFirst().get(4)).contains("hints").contains("entries in use");
    }

    @Test
    @DisplayName("another entry in a list is a difference")
    void changedAddress() throws IOException {
        List<String> lines = lines("direct-window");
        int list = indexOf(lines, "H_PUT_TCE_INDIRECT", 0);
        lines.set(list, lines.get(list).replace("\"0x1000003\"", "\"0x1000001\""));
        Story story = replay(file(lines));
        assertThat(story.differences).hasSize(1);
        assertThat(story.phases.get("dynamic window")).containsExactly(3L, 2L, 1L, 0L);
    }

    @Test
    @DisplayName("a call that our guest makes and the recorded one did not is told")
    void extraCall() throws IOException {
        List<String> lines = lines("direct-window");
        lines.remove(indexOf(lines, "H_STUFF_TCE", 5));
        Story story = replay(file(lines));
        assertThat(story.differences).isNotEmpty();
    }

    @Test
    @DisplayName("a default window that is given up is cleared by one call of count 0 (ddw.md, open doubt of step 6c)")
    void givenUpWindow() throws IOException {
        List<String> lines = lines("one-window");
        int call = indexOf(lines, "[\"0x80000000\",\"0x0\",\"0x0\",\"0x0\"]", 0);
        lines.set(call, lines.get(call).replace("\"0x0\"]", "\"0x200\"]").replace("\"rc\":-4", "\"rc\":0"));
        assertThat(replay(file(lines)).differences).hasSize(1);
    }

    @Test
    @DisplayName("damaged files and those without a guest are named by line")
    void damaged() throws IOException {
        List<String> lines = lines("direct-window");
        assertThatThrownBy(() -> new RecordedGuest().scenario(file(List.of("{\"header\":1}")))).isInstanceOf(BadRecording.class)
                .hasMessageContaining("recording.jsonl:1:1: no header");
        assertThatThrownBy(() -> new RecordedGuest().scenario(file(List.of("some text")))).isInstanceOf(BadRecording.class)
                .hasMessageContaining("recording.jsonl:1:1: no header");
        String probe = lines.getFirst().replaceFirst("\"guest\"", "\"guests\"");
        assertThatThrownBy(() -> new RecordedGuest().scenario(file(List.of(probe)))).isInstanceOf(BadRecording.class)
                .hasMessageContaining("no guest");
        lines.set(7, lines.get(7).substring(0, 40));
        assertThatThrownBy(() -> replay(file(lines))).isInstanceOf(BadInput.class)
                .hasMessageContaining("recording.jsonl:8:41: no JSON (");
    }

    private static int indexOf(List<String> lines, String text, int from) {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i;
            }
        }
        throw new IllegalArgumentException(text);
    }
}
