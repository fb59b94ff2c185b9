package io.dmalab.core.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.observe.TraceRecord;
import io.dmalab.core.Emulator;
import io.dmalab.core.PluginJars;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.ScenarioReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Observers of plugins, the core's own among them, on the toy machine. */
class ObserversTest {
    @TempDir
    static Path plugins;

    private static Emulator emulator;
    private static RunRequest toy;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() throws IOException {
        PluginJars.toy(plugins);
        emulator = Emulator.load(Optional.of(plugins), Optional.empty());
        Path yaml = Path.of(System.getProperty("basedir", "."), "src/test/resources/toy.yaml");
        toy = emulator.request(ScenarioReader.read(Files.readString(yaml), "toy.yaml"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aPluginsObserverIsMadeForTheRunToldOfEverythingAndClosed() throws IOException {
        Path diary = folder.resolve("diary");
        RunResult plain = emulator.run(toy);
        RunResult observed = emulator.run(toy.withObserver("diary,file=" + diary).withObserver("diary,events=false,file=" + diary));
        assertThat(Files.readAllLines(diary)).containsExactly("end: v6.14 true true true", "end: v6.14 false true true", "close", "close");
        assertThat(observed.digest()).isEqualTo(plain.digest());
    }

    @Test
    void anObserverIsClosedButNotEndedWhenTheRunFails() throws IOException {
        Path diary = folder.resolve("diary");
        assertThatThrownBy(() -> emulator.run(toy.withObserver("diary,file=" + diary).withPolicy("patient,cap=forever")))
                .isInstanceOf(BadInput.class);
        assertThat(names()).as("options are read before anything is made").isEmpty();
        assertThatThrownBy(() -> emulator.run(toy.withObserver("diary,file=" + diary).withObserver("ftrace,file=" + folder)))
                .isInstanceOf(BadInput.class).hasMessage(folder + ": is a folder; name a file");
        assertThat(Files.readAllLines(diary)).containsExactly("close");
    }

    @Test
    void whatIsNotThereIsSaidWithItsPlace() {
        assertThatThrownBy(() -> emulator.run(toy.withObserver("dairy"))).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("observer:").hasMessageContaining("unknown observer 'dairy'; did you mean 'diary'?");
        assertThatThrownBy(() -> emulator.run(toy.withObserver("ftrace"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("option 'file' is missing");
    }

    @Test
    void aTraceHoldsTheRunsEventsInOrderOfTimeAndIsReadBack() throws IOException {
        Path file = folder.resolve("toy.trace");
        Files.writeString(file, "what was there before");
        EventLog log = new EventLog();
        emulator.run(toy.withObservers(List.of(log)).withObserver("ftrace,file=" + file));
        assertThat(names()).containsExactly("toy.trace");
        List<TraceRecord> emitted = log.events().stream().sorted(Comparator.comparingLong(TraceRecord::timeNanos)).toList();
        List<TracedEvent> read = new ArrayList<>();
        ReadReport report;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            report = FtraceReader.read(in, emulator.eventTypes(), read::add);
        }
        assertThat(report.firstDamages()).isEmpty();
        assertThat(report.otherEvents()).isZero();
        assertThat(read).extracting(TracedEvent::name).containsExactlyElementsOf(emitted.stream().map(e -> e.type().name()).toList());
        assertThat(Files.readAllLines(file).get(2)).isEqualTo("# entries-in-buffer/entries-written: %d/%d   #P:%d"
                .formatted(emitted.size(), emitted.size(), toy.scenario().settings().cpus()));
        List<TracedEvent> touched = read.stream().filter(e -> e.name().equals("toy:touched")).toList();
        assertThat(touched).as("a plugin's own type").hasSize(4).allSatisfy(e -> assertThat(e.text("by")).isEqualTo("worker"));
    }

    @Test
    void markersCanBeLeftOut() throws IOException {
        Path file = folder.resolve("toy.trace");
        emulator.run(toy.withObserver("ftrace,markers=off,file=" + file));
        assertThat(Files.readString(file)).contains(": dma_unmap_page: ").doesNotContain("tracing_mark_write");
    }

    @Test
    void aRunThatFailsLeavesTheFileAlone() throws IOException {
        Path file = folder.resolve("toy.trace");
        Files.writeString(file, "what was there before");
        assertThatThrownBy(() -> emulator.run(toy.withObserver("ftrace,file=" + file).withObserver("jsonl,file=" + folder + "/none/x")))
                .isInstanceOf(BadInput.class).hasMessage(folder + "/none/x: cannot be written (there is no such folder); "
                        + "name a file in a folder that can be written to and has room");
        assertThat(file).hasContent("what was there before");
        assertThat(names()).containsExactly("toy.trace");
    }

    @Test
    void aLinkIsWrittenThroughAndADeviceStaysOne() throws IOException {
        Path real = Files.createFile(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        emulator.run(toy.withObserver("ftrace,file=" + link).withObserver("jsonl,file=/dev/null"));
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(real)).startsWith("# tracer: nop\n");
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }
}
