package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.Emulator;
import io.dmalab.core.kernel.LogBuffer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernel log of whole runs, in the layout of each kernel. In golden files what is a run's own is masked: time stamps, addresses, CPUs,
 * process ids and counts.
 */
class KernelTextTest {
    private static final Path RESOURCES = Path.of(System.getProperty("basedir", "."), "src/test/resources");
    private static final String SEED_KERNEL = "sle15sp6-6.4.0-instrumented";
    private static final String FAILED = "tce_freemulti_pSeriesLP: plpar_tce_stuff failed";

    private final Emulator emulator = Emulator.load();

    private RunResult run(RunRequest request) {
        return emulator.run(request.withPolicy("legacy"));
    }

    private RunRequest own(String name) {
        return emulator.request(RESOURCES.resolve(name).toString());
    }

    /** Seed 2: the first unmap after the suppressed ones is the worker's, as in the mail, and no softirq's. */
    private List<String> productionLog(String kernel) {
        return lines(run(emulator.request(Emulator.DEFAULT_SCENARIO).withKernel(kernel).withKasan(false).withSeed(2)));
    }

    /** As dmesg shows them. */
    private static List<String> lines(RunResult result) {
        return result.log().stream().map(LogBuffer::format).toList();
    }

    /** From the first line that contains {@code first} to the next one that {@code last} takes. */
    private static List<String> block(List<String> log, String first, Predicate<String> last) {
        List<String> block = new ArrayList<>();
        for (String line : log) {
            if (block.isEmpty() && !line.contains(first)) {
                continue;
            }
            block.add(line);
            if (block.size() > 1 && last.test(line)) {
                return block;
            }
        }
        throw new AssertionError("no block from '" + first + "' on in:\n" + String.join("\n", log.subList(0, Math.min(60, log.size()))));
    }

    private static Predicate<String> has(String text) {
        return line -> line.contains(text);
    }

    private static String masked(List<String> lines) {
        return lines.stream().map(line -> line
                .replaceFirst("^\\[ *\\d+\\.\\d{6}]", "[TIME]")
                .replaceAll("\\b[0-9a-f]{16}\\b", "ADDRESS")
                .replaceAll("0x80000[0-9a-f]{10}", "BUS_ADDRESS")
                .replaceAll("\\d+ callbacks", "N callbacks")
                .replaceAll("count=\\d+", "count=N")
                .replaceAll("kworker/\\d+:\\d+(/\\d+)?", "kworker/N")
                .replaceAll("\\bCPU: \\d+", "CPU: N")
                .replaceAll("\\b(PID:|task) \\d+", "$1 N")).collect(Collectors.joining("\n", "", "\n"));
    }

    // the seed's block

    /** What a line of the mail looks like: same words in the same order, any blanks between them, and any numbers of their kind. */
    private static Pattern form(String line) {
        String text = line.replaceFirst("^\\[ *\\d+\\.\\d+] ", "").replaceFirst("\\^$", "");
        return Pattern.compile("\\[ *\\d+\\.\\d{6}] \\s*"
                + Arrays.stream(text.split(" ")).map(KernelTextTest::token).collect(Collectors.joining("\\s+")));
    }

    private static String token(String token) {
        if (token.matches("\\d+")) {
            return "\\d+";
        }
        if (token.matches("0x[0-9a-f]+")) {
            return "0x[0-9a-f]+";
        }
        if (token.matches("\\[?[0-9a-f]{16}]?")) {
            return token.replaceAll("[0-9a-f]{16}", "HEX").replace("[", "\\[").replace("HEX", "[0-9a-f]{16}");
        }
        if (token.matches("kworker/\\d+:\\d+")) {
            return "kworker/\\d+:\\d+";
        }
        return token.matches("\\w+\\+0x[0-9a-f]+/0x[0-9a-f]+")
                ? token.substring(0, token.indexOf('+')) + "\\+0x[0-9a-f]+/0x[0-9a-f]+"
                : Pattern.quote(token);
    }

    private static boolean hasForm(List<String> block, List<String> seed) {
        if (block.size() != seed.size()) {
            return false;
        }
        for (int i = 0; i < block.size(); i++) {
            if (!form(seed.get(i)).matcher(block.get(i)).matches()) {
                return false;
            }
        }
        return true;
    }

    @Test
    @DisplayName("formats.md 1.1 and 5.4, tce-hcalls.md 8, KernelProfile.tceLayout: the seed's kernel prints the seed's block, "
            + "line by line")
    void theSeedsBlock() throws IOException {
        List<String> seed = Files.readAllLines(RESOURCES.resolve("seed-log.txt"));
        List<String> block = block(productionLog(SEED_KERNEL), "tce_freemulti_pSeriesLP: ", has("start_kernel_thread"));
        List<String> afterWindow = block(productionLog(SEED_KERNEL), " callbacks suppressed", has("start_kernel_thread"));
        for (int i = 0; i < seed.size(); i++) {
            assertThat(afterWindow.get(i)).as("line %d of the seed: %s", i + 1, seed.get(i)).matches(form(seed.get(i)));
        }
        assertThat(afterWindow).hasSameSizeAs(seed);
        assertThat(hasForm(block, seed.subList(1, seed.size()))).isTrue();
        assertThat(hasForm(block(productionLog("v6.4"), FAILED, has("start_kernel_thread")), seed.subList(1, seed.size())))
                .as("an upstream kernel's block has another form").isFalse();
        Golden.check("log-seed", masked(afterWindow));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6.4", "v6.12", "v6.14"})
    @DisplayName("formats.md 5.4, tce-hcalls.md 8, KernelProfile.tceLayout: the block of a failed H_STUFF_TCE as upstream has it")
    void upstreamBlock(String kernel) {
        Golden.check("log-block-" + kernel, masked(block(productionLog(kernel), FAILED, has("start_kernel_thread"))));
    }

    @Test
    @DisplayName("formats.md 5.5, dlpar-and-notifiers.md 9: ten blocks, then none until a call more than five seconds later says "
            + "how many were suppressed")
    void ratelimit() {
        RunResult result = run(emulator.request(Emulator.DEFAULT_SCENARIO).withKasan(false));
        List<String> log = result.log().stream().map(line -> line.text()).toList();
        int line = log.indexOf(log.stream().filter(has(" callbacks suppressed")).findFirst().orElseThrow());
        assertThat(log.subList(0, line)).filteredOn(FAILED::equals).hasSize(10);
        assertThat(log.get(line)).matches("tce_freemulti_pSeriesLP: \\d+ callbacks suppressed");
        assertThat(log.get(line + 1)).isEqualTo(FAILED);
        int first = log.indexOf(FAILED);
        assertThat(result.log().get(line).timeNanos() - result.log().get(first).timeNanos()).isGreaterThan(5_000_000_000L);
        long printed = log.stream().filter(FAILED::equals).count();
        long suppressed = log.stream().filter(has(" callbacks suppressed")).mapToLong(text -> Long.parseLong(text.split(" ")[1])).sum();
        assertThat(printed + suppressed).isPositive().isLessThanOrEqualTo(result.metric(Metrics.FAILED_TCE_CALLS));
    }

    // stalled pools

    @ParameterizedTest
    @CsvSource({"250,60 120 181 241 302 362 422 483 543 604 664", "1000,60 120 181 241 302 362 422 483 543 604 664",
        "100,60 120 180 241 301 361 422 482 542 603 663"})
    @DisplayName("page-pool.md 7: the seconds of the stall warning at each HZ, from a run of twelve minutes")
    void stallWarnings(int hz, String seconds) {
        for (String kernel : List.of("v6.4", SEED_KERNEL)) {
            RunResult result = run(own("stalled.yaml").withKernel(kernel).withHz(hz));
            List<String> log = result.log().stream().map(line -> line.text()).filter(has("stalled")).toList();
            assertThat(log).allMatch(text -> text.matches("page_pool_release_retry\\(\\) stalled pool shutdown \\d+ inflight \\d+ sec"));
            assertThat(log.stream().map(text -> text.replaceFirst(".* inflight (\\d+) sec", "$1"))).containsExactly(seconds.split(" "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6.12", "v6.14", "v6.16"})
    @DisplayName("page-pool.md 7: since 6.8 a driver's pool stalls in silence")
    void stallsInSilence(String kernel) {
        RunResult result = run(own("stalled.yaml").withKernel(kernel));
        assertThat(result.log()).noneMatch(line -> line.text().contains("stalled"));
    }

    @ParameterizedTest
    @CsvSource({"v6.4,250,60", "v6.14,250,56", "v6.4,100,70", "v6.14,100,60", "v6.4,1000,52", "v6.14,1000,51"})
    @DisplayName("dlpar-and-notifiers.md 9, KernelProfile.msleepExtraTick: the seed's loop polls once in an msleep(50), which had "
            + "one tick more before 6.12")
    void pollInterval(String kernel, int hz, int millis) {
        RunResult result = emulator.run(emulator.request("fragment-30s").withKernel(kernel).withHz(hz).withPolicy("wait-for-drain"));
        List<Long> polls = result.log().stream().filter(line -> line.text().equals("iommu_table_free: Unexpected TCEs, wait for 50ms"))
                .map(line -> line.timeNanos()).toList();
        assertThat(polls.size()).isGreaterThan(100);
        // printing a line takes time of its own, which now and then moves the next poll to the tick after
        assertThat(polls.get(60) - polls.get(59)).isEqualTo(millis * 1_000_000L);
    }

    // checkers

    @ParameterizedTest
    @ValueSource(strings = {"v6.4", "v6.14"})
    @DisplayName("formats.md 1.1: what dma-debug says when a driver is unbound; by then the device is a pci device without one")
    void leakAtUnbind(String kernel) {
        List<String> log = lines(run(own("leaked.yaml").withKernel(kernel)));
        int from = log.indexOf(block(log, "cut here", has("DMA-API: pci")).getFirst());
        List<String> rest = log.subList(from, log.size());
        int mapped = rest.indexOf(block(rest, "Mapped at:", line -> true).getFirst());
        int end = mapped + 1;
        while (end < rest.size() && rest.get(end).matches("\\[.*]  \\w+\\+0x[0-9a-f]+/0x[0-9a-f]+( \\[\\w+])?")) {
            end++;
        }
        assertThat(end - mapped).as("five functions at most").isBetween(2, 6);
        Golden.check("log-leak-" + kernel, masked(rest.subList(0, end)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6.4", "v6.14"})
    @DisplayName("formats.md 1.1: a KASAN report, with [module] behind the functions of modules")
    void kasan(String kernel) {
        List<String> log = lines(run(emulator.request(Emulator.DEFAULT_SCENARIO).withKernel(kernel)));
        List<String> report = block(log, "=".repeat(66), has("=".repeat(66)));
        report.add(log.get(log.indexOf(report.getLast()) + 1));
        assertThat(report).anyMatch(line -> line.endsWith(" [mlx5_core]"));
        Golden.check("log-kasan-" + kernel, masked(report));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v6.4", "v6.12", "v6.16"})
    @DisplayName("boot and removal: the lines of a device's life, in the order of recorded boot logs")
    void deviceLines(String kernel) {
        RunResult result = emulator.run(own("stalled.yaml").withKernel(kernel).withPolicy("unmap-at-destroy"));
        Golden.check("log-device-" + kernel, masked(lines(result).stream().filter(line -> !line.contains("stalled")).toList()));
    }
}
