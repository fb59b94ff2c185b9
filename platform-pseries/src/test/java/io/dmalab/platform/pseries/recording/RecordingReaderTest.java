package io.dmalab.platform.pseries.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.guest.BadRecording;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of recordings: the quick way to read them and the general one. */
class RecordingReaderTest {
    private static final Path RECORDINGS = Path.of(System.getProperty("basedir", "."), "src/test/resources/recordings");

    @TempDir
    Path folder;

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(RECORDINGS.resolve(name + ".jsonl.gz")))) {
            return new ArrayList<>(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        }
    }

    private static String text(RecordedCall call) {
        return String.join(" ", Long.toString(call.sequence()), Integer.toString(call.cpu()), call.operation(), call.call(),
                Long.toString(call.token()), Integer.toString(call.inputs()), Integer.toString(call.outputs()),
                LongStream.range(0, call.argCount()).map(i -> call.arg((int) i)).boxed().toList().toString(), Long.toString(call.hcallCode()),
                Long.toString(call.code()), LongStream.range(0, call.outCount()).map(i -> call.out((int) i)).boxed().toList().toString(),
                LongStream.range(0, call.listCount()).map(i -> call.entry((int) i)).boxed().toList().toString(),
                Integer.toString(call.connector()), call.nodeName(), Long.toString(call.nodeLength()), Boolean.toString(call.isEffect()),
                Long.toString(call.liobn()), Long.toString(call.start()), Integer.toString(call.pageShift()), Long.toString(call.entries()),
                Long.toString(call.buid()), Long.toString(call.busAddress()), Long.toString(call.physical()), Long.toString(call.permission()));
    }

    private List<String> read(List<String> lines, String end) throws IOException {
        Path file = Files.writeString(folder.resolve("recording.jsonl"), String.join(end, lines) + end);
        List<String> calls = new ArrayList<>();
        RecordedCall call = new RecordedCall();
        try (RecordingReader reader = RecordingReader.open(file)) {
            while (reader.next(call)) {
                assertThat(call.lineNumber()).isPositive();
                assertThat(text(call.copy())).isEqualTo(text(call));
                calls.add(text(call));
            }
        }
        return calls;
    }

    /** The same line as another program might write it. */
    private static String otherwise(String line, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> line.replace("\":", "\" :\t").replace(",\"", " , \"");
            case 1 -> line.replace("\"op\"", "\"\\u006fp\"");
            case 2 -> line.replaceFirst("\\{", "{\"extra\":{\"deep\":[1,{\"op\":\"H_NONE\"}]},\"number\":1.5e3,\"text\":\"\u00e4 \\\\\" \",");
            case 3 -> line.replace(",\"", ", \"").replace("\":", "\": ");
            default -> line.replaceFirst("}$", ",\"none\":null,\"flag\":true,\"empty\":[],\"note\":\"a b\"}");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong-calls", "random-calls", "connectors", "device-access", "bridge-unplug", "bridge-removal"})
    @DisplayName("a line means the same however its JSON is written")
    void sameHowever(String name) throws IOException {
        List<String> lines = lines(name);
        List<String> expected = read(lines, "\n");
        assertThat(expected).hasSize(lines.size() - 1);
        Random random = new Random(1);
        List<String> other = new ArrayList<>(lines);
        other.replaceAll(line -> line.contains("\"header\":1") ? line : otherwise(line, random));
        assertThat(other).isNotEqualTo(lines);
        assertThat(read(other, "\n")).isEqualTo(expected);
        assertThat(read(lines, "\r\n")).isEqualTo(expected);
        assertThat(read(lines, "\n\n")).isEqualTo(expected);
    }

    @Test
    @DisplayName("lines longer than a block, a last line without its newline")
    void blocks() throws IOException {
        List<String> lines = lines("random-calls");
        List<String> expected = read(lines, "\n");
        String filler = "{\"note\":\"" + "x".repeat(200_000) + "\",";
        List<String> longer = new ArrayList<>(lines);
        longer.replaceAll(line -> line.contains("\"seq\":3,") || line.contains("\"seq\":90,") ? filler + line.substring(1) : line);
        assertThat(read(longer, "\n")).isEqualTo(expected);
        Path open = Files.writeString(folder.resolve("open.jsonl"), String.join("\n", lines));
        List<String> calls = new ArrayList<>();
        try (RecordingReader reader = RecordingReader.open(open)) {
            for (RecordedCall call = new RecordedCall(); reader.next(call);) {
                calls.add(text(call));
            }
            assertThat(reader.bytesRead()).isEqualTo(Files.size(open));
        }
        assertThat(calls).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"seq\":5", "{\"seq\":5,\"op\":\"RTAS\"} more", "[1]", "{\"seq\":}", "{\"op\":5}", "{\"op\":\"RTAS\",\"rc\":null}",
        "{\"op\":\"RTAS\",\"rc\":\"5\"}", "{\"op\":\"RTAS\",\"rc\":\"0x\"}", "{\"op\":\"RTAS\",\"rc\":\"0x11112222333344445\"}",
        "{\"op\":\"RTAS\",\"args\":\"0x5\"}", "{\"op\":\"RTAS\",\"rc\":99999999999999999999}", "{\"op\":\"RTAS\",\"rc\":1.5}",
        "{\"op\":\"RTAS\",\"args\":[1,2,]}", "{\"seq\":5}", "{\"op\":\"RTAS\",\"rc\":-}", "hello",
        "{\"op\":\"RTAS\",\"args\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}"})
    @DisplayName("a damaged line is named by its place")
    void damaged(String line) throws IOException {
        List<String> lines = lines("connectors").subList(0, 3);
        List<String> changed = new ArrayList<>(lines);
        changed.set(2, line);
        assertThatThrownBy(() -> read(changed, "\n")).isInstanceOf(BadRecording.class)
                .hasMessageMatching(".*recording\\.jsonl:3:\\d+: .*; record it again");
    }

    @Test
    @DisplayName("several gzip members in one file are one recording")
    void members() throws IOException {
        List<String> lines = lines("random-calls");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (List<String> part : List.of(lines.subList(0, 70), lines.subList(70, lines.size()))) {
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write((String.join("\n", part) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        Path file = Files.write(folder.resolve("members.jsonl.gz"), bytes.toByteArray());
        int count = 0;
        try (RecordingReader reader = RecordingReader.open(file)) {
            for (RecordedCall call = new RecordedCall(); reader.next(call); count++) {
                assertThat(call.lineNumber()).isEqualTo(count + 2L);
            }
        }
        assertThat(count).isEqualTo(lines.size() - 1);
    }
}
