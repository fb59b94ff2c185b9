package io.dmalab.platform.pseries.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.api.guest.HypervisorConformance;
import io.dmalab.api.guest.HypervisorConformance.Operation;
import io.dmalab.api.guest.HypervisorConformance.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded calls on our hypervisor. */
class HypervisorReplayTest {
    private static final Path RECORDINGS = Path.of(System.getProperty("basedir", "."), "src/test/resources/recordings");
    private static final Path BY_HAND = RECORDINGS.resolveSibling("recordings-by-hand");

    @TempDir
    Path folder;

    private static Path recording(String name) {
        return RECORDINGS.resolve(name + ".jsonl.gz");
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(recording(name)))) {
            return new ArrayList<>(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }

    private static Result replay(Path file) {
        return new HypervisorReplay().replay(file, 10, HypervisorConformance.Watch.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong-calls", "random-calls", "bridge-unplug", "connectors", "device-access", "bridge-removal",
        "create-refused", "direct-window", "firmware-first", "function-unplug", "memory-hotplug", "one-window", "tiny-window",
        "two-processors", "virtual-io"})
    @DisplayName("every recorded answer, tce-hcalls.md 4, ddw.md 2, dlpar-and-notifiers.md 2")
    void agrees(String name) {
        Result result = replay(recording(name));
        assertThat(result.damage()).isEmpty();
        assertThat(result.differences()).isEmpty();
        assertThat(result.differed()).isZero();
        assertThat(result.calls()).isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"page-sizes", "room-for-one", "windows-elsewhere"})
    @DisplayName("answers written by hand from tce-hcalls.md 4 and ddw.md 2, of machines that no recording is of; each of them counts")
    void byHand(String name) throws IOException {
        Path file = BY_HAND.resolve(name + ".jsonl");
        List<String> lines = Files.readAllLines(file);
        Result result = replay(file);
        assertThat(result.damage()).isEmpty();
        assertThat(result.differences()).isEmpty();
        assertThat(result.calls()).isEqualTo(lines.size() - 1);

        List<String> otherwise = new ArrayList<>(lines);
        otherwise.replaceAll(line -> line.replaceFirst("\"rc\":(-?\\d+)", "\"rc\":7"));
        assertThat(replay(Files.write(folder.resolve("codes.jsonl"), otherwise)).differed()).isEqualTo(result.calls());
        long withWords = lines.stream().filter(line -> line.contains("\"out\":[\"0x")).count();
        otherwise = new ArrayList<>(lines);
        otherwise.replaceAll(line -> line.replaceFirst("\"out\":\\[\"0x[0-9a-f]+", "\"out\":[\"0x12345"));
        assertThat(replay(Files.write(folder.resolve("words.jsonl"), otherwise)).differed()).isEqualTo(withWords).isPositive();
    }

    @Test
    @DisplayName("the excerpts have every kind of call")
    void operations() {
        assertThat(replay(recording("wrong-calls")).operations()).extracting(Operation::name).contains("H_PUT_TCE", "H_GET_TCE",
                "H_STUFF_TCE", "H_PUT_TCE_INDIRECT", "H_0x139", "ibm,query-pe-dma-window", "ibm,create-pe-dma-window",
                "ibm,remove-pe-dma-window", "ibm,reset-pe-dma-window");
        assertThat(replay(recording("connectors")).operations()).extracting(Operation::name).contains("get-sensor-state", "set-indicator",
                "get-power-level", "set-power-level", "ibm,configure-connector");
        assertThat(replay(recording("device-access")).operations()).extracting(Operation::name).contains("device access");
    }

    @Test
    @DisplayName("another answer, a missing call: the difference names both answers and the state that decided ours")
    void differs() throws IOException {
        List<String> lines = lines("wrong-calls");
        int get = indexOf(lines, "\"op\":\"H_GET_TCE\"", "\"rc\":0");
        lines.set(get, lines.get(get).replaceFirst("\"out\":\\[\"0x[0-9a-f]+\"]", "\"out\":[\"0xdead003\"]"));
        Path changed = Files.write(folder.resolve("changed.jsonl"), lines);
        Result result = replay(changed);
        assertThat(result.differed()).isOne();
        assertThat(result.differences()).singleElement().satisfies(d -> {
            assertThat(d.line()).isEqualTo(get + 1);
            assertThat(d.call()).startsWith("H_GET_TCE(liobn 0x");
            assertThat(d.expected()).isEqualTo("0, tce 0xdead003");
            assertThat(d.got()).startsWith("0, tce 0x").isNotEqualTo(d.expected());
            assertThat(d.state()).matches("window 0x[0-9a-f]+: 0x[0-9a-f]+ entries of 0x[0-9a-f]+ bytes from 0x[0-9a-f]+; entry .*");
        });

        lines = lines("connectors");
        int isolate = indexOf(lines, "\"call\":\"set-indicator\"", "\"rc\":0");
        lines.set(isolate, lines.get(isolate).replace("\"rc\":0", "\"rc\":-9001"));
        result = replay(Files.write(changed, lines));
        assertThat(result.differences().getFirst().expected()).isEqualTo("status -9001");
        assertThat(result.differences().getFirst().state()).startsWith("connector 0x");
    }

    @Test
    @DisplayName("another device in a slot: the first walk settles what it is, within what a function can have; after that it stays the same")
    void otherDevices() throws IOException {
        List<String> recorded = lines("connectors");
        List<String> other = new ArrayList<>();
        for (String line : recorded) {
            String text = line.replace("\"wa_name\":\"ethernet@2\"", "\"wa_name\":\"mass-storage@2\"")
                    .replace("\"wa_name\":\"reg\",\"wa_len\":100", "\"wa_name\":\"reg\",\"wa_len\":60")
                    .replace("\"wa_name\":\"ibm,loc-code\",\"wa_len\":25", "\"wa_name\":\"ibm,loc-code\",\"wa_len\":23");
            other.add(text);
        }
        assertThat(other).isNotEqualTo(recorded);
        assertThat(replay(Files.write(folder.resolve("other.jsonl"), other)).differed()).isZero();

        int second = -1;
        for (int i = 0; i < other.size(); i++) {
            second = other.get(i).contains("mass-storage@2") && other.get(i).contains("configure again") ? i : second;
        }
        List<String> changed = new ArrayList<>(other);
        changed.set(second, changed.get(second).replace("mass-storage@2", "scsi@2"));
        Result result = replay(Files.write(folder.resolve("changed.jsonl"), changed));
        assertThat(result.differences()).singleElement().satisfies(d -> {
            assertThat(d.expected()).contains("scsi@2");
            assertThat(d.got()).contains("mass-storage@2");
        });

        List<String> wrong = new ArrayList<>(recorded);
        int reg = indexOf(wrong, "\"wa_name\":\"reg\",\"wa_len\":100");
        wrong.set(reg, wrong.get(reg).replace("\"wa_len\":100", "\"wa_len\":101"));
        assertThat(replay(Files.write(folder.resolve("wrong.jsonl"), wrong)).differed()).isOne();
    }

    @Test
    @DisplayName("who watches can end a replay between two calls; what was compared counts")
    void ended() {
        Path file = recording("wrong-calls");
        List<Long> told = new ArrayList<>();
        HypervisorReplay replay = new HypervisorReplay();
        Result all = replay.replay(file, 10, bytes -> told.add(bytes));
        assertThat(all.complete()).isTrue();
        assertThat(told).isSorted().isNotEmpty();
        Result some = replay.replay(file, 10, bytes -> false);
        assertThat(some.complete()).isFalse();
        assertThat(some.calls()).isPositive().isLessThan(all.calls());
        assertThat(some.damage()).isEmpty();
    }

    @Test
    @DisplayName("connectors that no such machine has are not made up: their calls differ")
    void noSuchConnector() throws IOException {
        for (String drc : List.of("0x40050010", "0x2000001f", "0x30000001", "0x90000000")) {
            List<String> lines = lines("connectors");
            int sense = indexOf(lines, "\"call\":\"get-sensor-state\"", "\"rc\":0");
            lines.set(sense, lines.get(sense).replaceFirst("\\[\"0x232b\",\"0x[0-9a-f]+\"", "[\"0x232b\",\"" + drc + "\""));
            assertThat(replay(Files.write(folder.resolve("changed.jsonl"), lines)).differences()).singleElement()
                    .satisfies(d -> assertThat(d.state()).isEqualTo("connector " + drc + ": there is none"));
        }
    }

    @Test
    @DisplayName("what no machine can do is damage of the recording, not a defect")
    void impossible() throws IOException {
        List<String> lines = lines("bridge-unplug");
        int enable = indexOf(lines, "\"op\":\"EV_WINDOW_ENABLE\",\"liobn\"");
        lines.set(enable, lines.get(enable).replaceFirst("\"page_shift\":[0-9]+", "\"page_shift\":3"));
        Result result = replay(Files.write(folder.resolve("changed.jsonl"), lines));
        assertThat(result.damage()).hasValueSatisfying(text -> assertThat(text).contains("changed.jsonl:" + (enable + 1) + ":1: ")
                .contains("page shift 3"));
    }

    @Test
    @DisplayName("a damaged file: what was compared before it counts, and the place is named")
    void damaged() throws IOException {
        byte[] whole = Files.readAllBytes(recording("random-calls"));
        Result result = replay(Files.write(folder.resolve("cut.jsonl.gz"), Arrays.copyOf(whole, whole.length / 2)));
        assertThat(result.calls()).isPositive();
        assertThat(result.differed()).isZero();
        assertThat(result.damage()).hasValueSatisfying(text -> assertThat(text).matches(".*cut.jsonl.gz:\\d+:\\d+: .*; record it again"));

        List<String> lines = lines("random-calls");
        lines.set(20, lines.get(20).substring(0, 40));
        result = replay(Files.write(folder.resolve("line.jsonl"), lines));
        assertThat(result.calls()).isEqualTo(19);
        assertThat(result.damage()).isPresent();
    }

    @Test
    @DisplayName("a file that is no recording is refused")
    void refused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.jsonl"), "{\"header\":1}\n");
        assertThatThrownBy(() -> replay(text)).isInstanceOf(BadRecording.class).hasMessageContaining("text.jsonl:1:1: no header");
        Path noMachine = Files.writeString(folder.resolve("machine.jsonl"), "{\"header\":1,\"format\":\"tce-trace-1\",\"guest\":{}}\n");
        assertThatThrownBy(() -> replay(noMachine)).isInstanceOf(BadRecording.class).hasMessageContaining("no machine");
    }

    private static int indexOf(List<String> lines, String... parts) {
        for (int i = 1; i < lines.size(); i++) {
            if (Arrays.stream(parts).allMatch(lines.get(i)::contains)) {
                return i;
            }
        }
        throw new AssertionError("no such line");
    }
}
