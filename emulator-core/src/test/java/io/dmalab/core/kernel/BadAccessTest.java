package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Architecture;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Pages;
import io.dmalab.api.observe.LogLine;
import io.dmalab.core.random.Streams;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pointers that lead nowhere, in each architecture's words; and memory that is reserved at boot. */
class BadAccessTest {
    private static List<String> oops(Architecture architecture, long address) {
        try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1))) {
            kernel.architecture(architecture);
            boolean[] survived = new boolean[1];
            kernel.sched().spawn("kworker/3:1", 3, () -> {
                dereference(kernel, address);
                survived[0] = true;
            });
            kernel.run();
            assertThat(survived[0]).as("an oops ends the task").isFalse();
            assertThat(kernel.findingRecords()).singleElement().satisfies(finding -> {
                assertThat(finding.kind()).isEqualTo(FindingKind.OOPS);
                assertThat(finding.detail()).isEqualTo("iommu_get_dma_domain read default_domain of a NULL iommu_group, at 0x"
                        + Long.toHexString(address));
                assertThat(finding.stacks().getFirst().functions().getFirst()).isEqualTo("iommu_get_dma_domain");
            });
            return kernel.logLines().stream().map(LogLine::text).toList();
        }
    }

    @KernelFunction("iommu_get_dma_domain")
    private static void dereference(SimKernel kernel, long address) {
        throw kernel.memory().badAccess("a NULL iommu_group", "default_domain", address, false);
    }

    @Test
    @DisplayName("real-world-reports.md A2: the arm64 form")
    void arm64() {
        assertThat(oops(Architecture.ARM64, 0xa8)).startsWith("Unable to handle kernel NULL pointer dereference at virtual address 00000000000000a8",
                "Mem abort info:", "  ESR = 0x0000000096000004", "Internal error: Oops: 0000000096000004 [#1] SMP")
                .anyMatch(line -> line.matches("pc : iommu_get_dma_domain\\+0x[0-9a-f]+/0x[0-9a-f]+"))
                .anyMatch(line -> line.matches(" ret_from_fork\\+0x.*|Call trace:")).doesNotContain("Call Trace:");
    }

    @Test
    @DisplayName("real-world-reports.md A3: the s390 form; the failing address is a page's")
    void s390() {
        assertThat(oops(Architecture.S390, 0x0706c00180000008L)).startsWith(
                "Unable to handle kernel pointer dereference in virtual kernel address space",
                "Failing address: 0706c00180000000 TEID: 0706c00180000803")
                .anyMatch(line -> line.matches("Krnl PSW : 0704c00180000000 [0-9a-f]{16} \\(iommu_get_dma_domain\\+0x.*\\)"));
    }

    @Test
    @DisplayName("real-world-reports.md A4: the x86 form")
    void x86() {
        assertThat(oops(Architecture.X86, 0xa8)).startsWith("BUG: kernel NULL pointer dereference, address: 00000000000000a8",
                "#PF: supervisor read access in kernel mode", "#PF: error_code(0x0000) - not-present page",
                "Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI")
                .anyMatch(line -> line.matches("RIP: 0010:iommu_get_dma_domain\\+0x[0-9a-f]+/0x[0-9a-f]+"))
                .containsSubsequence("Call Trace:", " <TASK>", " </TASK>")
                .anyMatch(line -> line.matches(" \\? iommu_get_dma_domain\\+0x.*"));
        assertThat(oops(Architecture.X86, 0x0706c00180000008L)).startsWith(
                "BUG: unable to handle page fault for address: 0706c00180000008");
    }

    @Test
    void powerpc() {
        assertThat(oops(Architecture.POWERPC, 0xa8)).startsWith("BUG: Unable to handle kernel data access on read at 0x00000000000000a8")
                .anyMatch(line -> line.startsWith("NIP ["));
    }

    private static void pages(Consumer<Pages> body) {
        try (SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1))) {
            body.accept(kernel.pages());
        }
    }

    @Test
    void reservedMemoryIsInUseAndNeverHandedOut() {
        pages(pages -> {
            int first = pages.alloc();
            long start = pages.physical(first + 2);
            pages.reserve(start, 3L * pages.pageSize());
            assertThat(pages.refCount(first + 2)).isOne();
            assertThat(pages.refCount(first + 5)).isZero();
            assertThat(List.of(pages.alloc(), pages.alloc(), pages.alloc())).containsExactly(first + 1, first + 5, first + 6);
            assertThat(pages.refCount(first + 4)).isOne();
        });
    }

    @ParameterizedTest
    @CsvSource({"100, 65536", "16777216, 65536", "1099511627776, 65536", "33554432, 0", "67108864, 131072"})
    @DisplayName("what is handed out, reserved, no RAM or not aligned cannot be reserved")
    void whatCannotBeReserved(long start, long bytes) {
        pages(pages -> {
            pages.alloc();
            pages.reserve(67108864 + 65536, 65536);
            assertThatThrownBy(() -> pages.reserve(start, bytes)).isInstanceOf(IllegalArgumentException.class);
        });
    }
}
