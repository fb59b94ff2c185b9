package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.core.random.Streams;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stack dumps, warnings, KASAN reports and the rate limit, in the layout of each kernel. */
class ReportTextTest {
    private static List<String> log(KernelConfig config, Consumer<SimKernel> code) {
        SimKernel kernel = new SimKernel(config, new Streams(1));
        kernel.sched().spawn("drmgr", 5, () -> code.accept(kernel));
        kernel.run();
        List<String> lines = kernel.logLines().stream().map(line -> line.text()).toList();
        kernel.close();
        return lines;
    }

    private static KernelConfig config(KernelProfile profile) {
        return KernelConfig.basic(1).withProfile(profile);
    }

    private static KernelProfile profile(String id) {
        return KernelProfile.all().stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
    }

    private static String line(List<String> log, String prefix) {
        return log.stream().filter(text -> text.startsWith(prefix)).findFirst().orElseThrow(() -> new AssertionError(log.toString()));
    }

    @ParameterizedTest
    @CsvSource(ignoreLeadingAndTrailingWhitespace = false, value = {
        "v6.4,CPU: 5 PID: 1001 Comm: drmgr Not tainted 6.4.0 #1",
        "sle15sp6-6.4.0-instrumented,CPU: 5 PID: 1001 Comm: drmgr Kdump: loaded Tainted: G            E      6.4.0-623164-default #1 "
                + "SLE15-SP6 763d454e096eda7d91355fd5b171013052d83ed3",
        "v6.12,CPU: 5 UID: 0 PID: 1001 Comm: drmgr Not tainted 6.12.0 #1",
        "v6.14,CPU: 5 UID: 0 PID: 1001 Comm: drmgr Not tainted 6.14.0-rc3 #1",
        "v6.16,CPU: 5 UID: 0 PID: 1001 Comm: drmgr Not tainted 6.16.0 #1 VOLUNTARY "})
    @DisplayName("formats.md 1.1, KernelProfile.release, .version, .kdumpLoaded, .taint, .dumpShowsUid: the header of a stack dump")
    void header(String id, String expected) {
        List<String> log = log(config(profile(id)), kernel -> kernel.printk().dumpStack());
        assertThat(log.subList(0, 3)).containsExactly(expected, "Hardware name: " + KernelConfig.POWER9, "Call Trace:");
        assertThat(log.get(3)).matches("\\[[0-9a-f]{16}] \\[[0-9a-f]{16}] dump_stack_lvl\\+0x[0-9a-f]+/0x[0-9a-f]+ \\(unreliable\\)");
    }

    @ParameterizedTest
    @CsvSource(ignoreLeadingAndTrailingWhitespace = false, value = {
        "v6.4,Tainted: G        W          6.4.0,false", "v6.14,Tainted: G        W          6.14.0-rc3,true",
        "v6.16,Tainted: G        W           6.16.0,true"})
    @DisplayName("formats.md 1.1, KernelProfile.taintFlags, .dumpShowsUid: a kernel that has warned is tainted: one blank for each "
            + "clear flag, explained since 6.12")
    void taint(String id, String row, boolean explained) {
        List<String> log = log(config(profile(id)), kernel -> {
            kernel.printk().warnOn("iommu_table_free", "");
            kernel.printk().dumpStack();
        });
        List<String> second = log.subList(log.indexOf("---[ end trace 0000000000000000 ]---") + 1, log.size());
        assertThat(second.getFirst()).contains(row);
        assertThat(second.contains("Tainted: [W]=WARN")).isEqualTo(explained);
    }

    /** Stands for a kernel function that warns. */
    private static final class Warner {
        private final SimKernel kernel;

        Warner(SimKernel kernel) {
            this.kernel = kernel;
        }

        @KernelFunction("iommu_tce_table_put")
        void put() {
            kernel.printk().warnOn("iommu_tce_table_put", "");
        }

        @KernelFunction(value = "probe_one", module = "mlx5_core")
        void probe() {
            put();
        }
    }

    @Test
    @DisplayName("a warning shows where the trap was, its caller, and a trace that begins there")
    void warning() {
        List<String> log = log(config(KernelProfile.V6_12), kernel -> new Warner(kernel).probe());
        assertThat(log.get(0)).isEqualTo("------------[ cut here ]------------");
        assertThat(log.get(1)).matches("WARNING: CPU: 5 PID: 1001 at iommu_tce_table_put\\+0x[0-9a-f]+/0x[0-9a-f]+");
        String at = log.get(1).substring(log.get(1).indexOf("iommu_tce"));
        assertThat(line(log, "NIP [")).endsWith("] " + at);
        assertThat(line(log, "LR [")).matches("LR \\[[0-9a-f]{16}] probe_one\\+0x[0-9a-f]+/0x[0-9a-f]+ \\[mlx5_core]");
        assertThat(log.get(log.indexOf("Call Trace:") + 1)).endsWith("] " + at + " (unreliable)");
        assertThat(log.getLast()).isEqualTo("---[ end trace 0000000000000000 ]---");
    }

    private static List<String> kasan(KernelProfile profile, Function<SimKernel, KernelObject> allocate, int accesses) {
        return log(config(profile), kernel -> {
            KernelObject object = allocate.apply(kernel);
            kernel.memory().free(object);
            for (int i = 0; i < accesses; i++) {
                new Toucher(object).touch();
            }
        });
    }

    /** Stands for a kernel function that touches freed memory. */
    private record Toucher(KernelObject object) {
        @KernelFunction("__iommu_free")
        void touch() {
            object.write("words");
        }
    }

    @Test
    @DisplayName("formats.md 1.1: the first line of a KASAN report and its trace show the same return address; lock checks end with it")
    void kasanOfSlabMemory() {
        List<String> log = kasan(KernelProfile.V6_14, kernel -> kernel.memory().kzalloc("iommu_table", 848), 1);
        assertThat(log.getFirst()).isEqualTo("=".repeat(66));
        assertThat(log.get(1)).matches("BUG: KASAN: slab-use-after-free in __iommu_free\\+0x[0-9a-f]+/0x[0-9a-f]+");
        String at = log.get(1).substring(log.get(1).indexOf("__iommu_free"));
        assertThat(log.get(log.indexOf("Call Trace:") + 2)).endsWith("] " + at);
        assertThat(log).containsSubsequence("Allocated by task 1001:", "Freed by task 1001:", "Memory state around the buggy address:",
                "=".repeat(66), "Disabling lock debugging due to kernel taint");
    }

    @Test
    @DisplayName("formats.md 1.1: the caret stands below the bad byte, in the line after the row that is marked")
    void shadowRows() {
        List<String> log = kasan(KernelProfile.V6_14, kernel -> kernel.memory().kzalloc("iommu_table", 848), 1);
        int marked = log.indexOf(line(log, ">"));
        String address = line(log, "Write of size 8").replaceFirst(".* at addr ([0-9a-f]{16}) by .*", "$1");
        int granule = (int) ((Long.parseUnsignedLong(address, 16) & 127) / 8);
        assertThat(log.get(marked + 1)).isEqualTo(" ".repeat(1 + 16 + 2 + granule * 3) + "^");
        assertThat(log.subList(marked - 2, marked)).allMatch(row -> row.matches(" [0-9a-f]{16}:( [0-9a-f]{2}){16}"));
        assertThat(log.subList(marked + 2, marked + 4)).allMatch(row -> row.matches(" [0-9a-f]{16}:( [0-9a-f]{2}){16}"));
    }

    @Test
    void theEndOfLockChecksIsAnnouncedOnce() {
        List<String> log = log(config(KernelProfile.V6_14), kernel -> {
            for (int i = 0; i < 2; i++) {
                KernelObject object = kernel.memory().kzalloc("iommu_table", 848);
                kernel.memory().free(object);
                new Toucher(object).touch();
            }
        });
        assertThat(log).filteredOn("=".repeat(66)::equals).hasSize(4);
        assertThat(log).filteredOn("Disabling lock debugging due to kernel taint"::equals).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"v6.14,false", "v6.16,true"})
    @DisplayName("formats.md 1.1, KernelProfile.kasanNamesVmalloc: vmalloc memory has no stacks, and late kernels say what it is")
    void kasanOfVmallocMemory(String id, boolean named) {
        List<String> log = kasan(profile(id), kernel -> kernel.memory().vzalloc("it_map", 65536), 1);
        assertThat(log.get(1)).startsWith("BUG: KASAN: vmalloc-out-of-bounds in __iommu_free+0x");
        assertThat(log).noneMatch(text -> text.startsWith("Allocated by") || text.startsWith("Freed by"));
        assertThat(log.stream().anyMatch(text -> text.matches("The buggy address [0-9a-f]{16} belongs to a vmalloc virtual mapping")))
                .isEqualTo(named);
    }

    @Test
    @DisplayName("without KASAN reused memory is an oops that ends lock checks, too")
    void oops() {
        KernelConfig config = config(KernelProfile.V6_14).withKasan(false, new HoldTime.Constant(new Span(0)));
        List<String> log = log(config, kernel -> {
            KernelObject object = kernel.memory().kzalloc("iommu_table", 848);
            kernel.memory().free(object);
            new Toucher(object).touch();
        });
        assertThat(log.getFirst()).startsWith("BUG: Unable to handle kernel data access on write at 0x");
        assertThat(log).containsSubsequence("---[ end trace 0000000000000000 ]---", "Disabling lock debugging due to kernel taint");
        assertThat(log).noneMatch(text -> text.contains("dump_stack_lvl"));
    }

    @ParameterizedTest
    @CsvSource({"100,5009,false", "100,5010,true", "250,5003,false", "250,5004,true"})
    @DisplayName("dlpar-and-notifiers.md 9: the limit counts in ticks: it ends with the first tick later than five seconds")
    void ratelimitInTicks(int hz, int millis, boolean ended) {
        SimKernel kernel = new SimKernel(KernelConfig.basic(1).withTimers(hz, false), new Streams(1));
        for (int i = 0; i < 12; i++) {
            kernel.sched().at(0, ContextKind.SOFTIRQ, 0, x -> kernel.printk().ratelimit("tce_freemulti_pSeriesLP"), 0);
        }
        kernel.sched().at(millis * 1_000_000L, ContextKind.SOFTIRQ, 0, x -> kernel.printk().ratelimit("iommu_free_check"), 0);
        kernel.run();
        List<String> lines = kernel.logLines().stream().map(line -> line.text()).toList();
        kernel.close();
        assertThat(lines).isEqualTo(ended ? List.of("iommu_free_check: 2 callbacks suppressed") : List.of());
    }
}
