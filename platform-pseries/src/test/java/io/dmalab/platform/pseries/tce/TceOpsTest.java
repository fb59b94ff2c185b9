package io.dmalab.platform.pseries.tce;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.hvcall.CallTap;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.hypervisor.WorkArea;
import io.dmalab.platform.pseries.iommu.IommuTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The guest's TCE paths on the hypervisor's side of the seed's window; entries are those of the window. */
class TceOpsTest {
    private TestPartition p;

    private void with(String options, BiConsumer<Device, IommuTable> body) {
        with(TestPartition.builder().options(options), body);
    }

    private void with(TestPartition.Builder builder, BiConsumer<Device, IommuTable> body) {
        try (TestPartition partition = builder.build()) {
            p = partition;
            partition.run(device -> body.accept(device, TestPartition.table(device)));
        }
    }

    private List<Long> callsDuring(Runnable body) {
        int before = p.opcodes().size();
        body.run();
        return p.opcodes().subList(before, p.opcodes().size());
    }

    private long set(IommuTable table, long entry, int pages) {
        return p.ops.set(table, table.offset() + entry, pages, 0x10_0000, DmaDirection.FROM_DEVICE);
    }

    private void clear(IommuTable table, long entry, long pages) {
        p.ops.clear(table, table.offset() + entry, pages);
    }

    private TceTable window(IommuTable table) {
        return p.hypervisor().window(table.index());
    }

    @Test
    @DisplayName("tce-hcalls.md 6, 7 and invariant 3: a map of one page is one H_PUT_TCE, of n pages ceil(n/512) "
            + "H_PUT_TCE_INDIRECT; an unmap is ceil(n/512) H_STUFF_TCE")
    void callCounts() {
        with("", (device, table) -> {
            assertThat(callsDuring(() -> set(table, 0, 1))).containsExactly(Hcall.H_PUT_TCE);
            assertThat(callsDuring(() -> set(table, 0, 512))).containsExactly(Hcall.H_PUT_TCE_INDIRECT);
            assertThat(callsDuring(() -> set(table, 0, 513))).containsExactly(Hcall.H_PUT_TCE_INDIRECT, Hcall.H_PUT_TCE_INDIRECT);
            assertThat(window(table).liveEntries()).isEqualTo(513);
            assertThat(callsDuring(() -> clear(table, 0, 1))).containsExactly(Hcall.H_STUFF_TCE);
            assertThat(callsDuring(() -> clear(table, 0, 1025))).containsExactly(Hcall.H_STUFF_TCE, Hcall.H_STUFF_TCE, Hcall.H_STUFF_TCE);
            assertThat(window(table).liveEntries()).isZero();
        });
    }

    @Test
    @DisplayName("tce-hcalls.md invariant 5: without multi-tce n H_PUT_TCE each way, whatever single ones return")
    void withoutMultiTce() {
        with("multi-tce=off,largest-block=65536,default-window=1MiB", (device, table) -> {
            assertThat(callsDuring(() -> set(table, 0, 3))).containsExactly(Hcall.H_PUT_TCE, Hcall.H_PUT_TCE, Hcall.H_PUT_TCE);
            assertThat(callsDuring(() -> clear(table, 0, 3))).containsExactly(Hcall.H_PUT_TCE, Hcall.H_PUT_TCE, Hcall.H_PUT_TCE);
            p.hypervisor().disableWindow(table.index());
            assertThat(callsDuring(() -> clear(table, 0, 3))).hasSize(3);
            assertThat(callsDuring(() -> assertThat(set(table, 0, 3)).isZero())).hasSize(3);
            assertThat(p.lines("tce_free_pSeriesLP: plpar_tce_put failed. rc=-4")).isEqualTo(3);
            assertThat(p.lines("tce_build_pSeriesLP: plpar_tce_put failed. rc=-4")).isEqualTo(3);
        });
    }

    @Test
    @DisplayName("tce-hcalls.md 5: multitce=off takes both calls away at once and says so")
    void multitceOff() {
        with("multi-tce=off,largest-block=65536,default-window=1MiB", (device, table) -> {
            assertThat(p.log().getFirst()).isEqualTo("Disabling MULTITCE firmware feature");
            assertThat(callsDuring(() -> p.unmap(device, p.map(device)))).containsExactly(Hcall.H_PUT_TCE, Hcall.H_PUT_TCE);
            assertThat(p.hypervisor().tce().hStuffTce(table.index(), table.offset() << 16, 0, 1)).isEqualTo(Hcall.H_FUNCTION);
            assertThat(p.hypervisor().tce().hPutTceIndirect(table.index(), table.offset() << 16, new long[] {0}, 1))
                    .isEqualTo(Hcall.H_FUNCTION);
        });
        with("largest-block=65536,default-window=1MiB", (device, table) -> {
            assertThat(p.lines("MULTITCE")).isZero();
            assertThat(callsDuring(() -> p.unmap(device, p.map(device)))).containsExactly(Hcall.H_PUT_TCE, Hcall.H_STUFF_TCE);
        });
    }

    @Test
    @DisplayName("tce-hcalls.md 6 and invariant 4: only -44 makes a map fail, and then every requested entry is clear")
    void exhaustion() {
        with("", (device, table) -> {
            int[] calls = new int[1];
            p.hypervisor().setTceFaults((liobn, ioba, count) -> ++calls[0] == 2 ? Hcall.H_NOT_ENOUGH_RESOURCES : Hcall.H_SUCCESS);
            assertThat(set(table, 0, 1200)).isEqualTo(Hcall.H_NOT_ENOUGH_RESOURCES);
            assertThat(window(table).liveEntries()).isZero();

            calls[0] = 1;
            List<Long> made = callsDuring(() -> assertThat(set(table, 0, 600)).isEqualTo(Hcall.H_NOT_ENOUGH_RESOURCES));
            assertThat(made).as("nothing to undo").containsExactly(Hcall.H_PUT_TCE_INDIRECT);

            p.hypervisor().setTceFaults((liobn, ioba, count) -> Hcall.H_HARDWARE);
            assertThat(set(table, 0, 600)).isZero();
            assertThat(p.log()).contains("tce_buildmulti_pSeriesLP: plpar_tce_put failed. rc=-1", "\tnpages  = 0x58");
        });
        with("multi-tce=off,largest-block=65536,default-window=1MiB", (device, table) -> {
            int[] calls = new int[1];
            p.hypervisor().setTceFaults((liobn, ioba, count) -> ++calls[0] == 3 ? Hcall.H_NOT_ENOUGH_RESOURCES : Hcall.H_SUCCESS);
            assertThat(set(table, 0, 5)).isEqualTo(Hcall.H_NOT_ENOUGH_RESOURCES);
            assertThat(window(table).liveEntries()).isZero();
        });
    }

    @Test
    @DisplayName("tce-hcalls.md 6 and invariant 6: entries have permission bits 1 or 3, never 2")
    void permissions() {
        with("", (device, table) -> {
            for (DmaDirection direction : List.of(DmaDirection.BIDIRECTIONAL, DmaDirection.FROM_DEVICE, DmaDirection.TO_DEVICE)) {
                p.ops.set(table, table.offset(), 1, 0x10_0000, direction);
                long expected = direction == DmaDirection.TO_DEVICE ? 1 : 3;
                assertThat(window(table).get(0)).isEqualTo(0x10_0000 | expected);
            }
            p.ops.clear(table, table.offset(), 1);
            assertThat(window(table).get(0)).isZero();
        });
    }

    @Test
    @DisplayName("tce-hcalls.md 3 and invariants 7 and 8: addresses are multiples of the page, in the window; counts are 1 to 512")
    void argumentsOfLinux() {
        with("", (device, table) -> {
            List<long[]> seen = new ArrayList<>();
            p.hypervisor().setTceFaults((liobn, ioba, count) -> {
                seen.add(new long[] {ioba, count});
                return Hcall.H_SUCCESS;
            });
            p.map(device);
            set(table, 100, 1500);
            assertThat(seen).hasSize(4).allSatisfy(call -> {
                assertThat(call[0] & 0xffff).isZero();
                assertThat(call[0]).isGreaterThanOrEqualTo(table.offset() << 16);
                assertThat(call[1]).isBetween(1L, 512L);
            });
        });
    }

    @Test
    @DisplayName("tce-hcalls.md 7: the first failing chunk ends the unmap, with one block that names the whole request")
    void failingUnmap() {
        with("", (device, table) -> {
            long end = table.size();
            assertThat(callsDuring(() -> clear(table, end - 512, 1024))).hasSize(2);
            assertThat(callsDuring(() -> clear(table, end - 10, 2000))).hasSize(1);
            assertThat(p.lines("tce_freemulti_pSeriesLP: plpar_tce_stuff failed")).isEqualTo(2);
            assertThat(p.log()).contains("\trc      = -4", "\tindex   = 0x70000016", "\tnpages  = 0x400", "\tnpages  = 0x7d0");
        });
    }

    @Test
    @DisplayName("tce-hcalls.md invariant 9: get returns what was put")
    void get() {
        with("", (device, table) -> {
            set(table, 7, 1);
            assertThat(p.ops.get(table, table.offset() + 7)).isEqualTo(0x10_0003);
            p.hypervisor().disableWindow(table.index());
            p.ops.get(table, table.offset() + 7);
            assertThat(p.lines("tce_get_pSeriesLP: plpar_tce_get failed. rc=-4")).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("tce-hcalls.md invariant 2: late unmaps on a removed LIOBN: -4 each, one block each within the rate limit, a finding "
            + "that counts them all")
    void lateUnmaps() {
        with("", (device, table) -> {
            List<Long> addresses = new ArrayList<>();
            for (int i = 0; i < 59; i++) {
                addresses.add(p.map(device));
            }
            p.hypervisor().disableWindow(table.index());
            addresses.subList(0, 58).forEach(address -> p.unmap(device, address));
            p.kernel.sched().sleepNanos(6_000_000_000L);
            p.unmap(device, addresses.get(58));
            assertThat(p.lines("tce_freemulti_pSeriesLP: plpar_tce_stuff failed")).isEqualTo(11);
            assertThat(p.log()).contains("tce_freemulti_pSeriesLP: 48 callbacks suppressed");
            assertThat(p.findings(FindingKind.HCALL_ERROR)).singleElement().satisfies(finding -> {
                assertThat(finding.subject()).isEqualTo("LIOBN 0x70000016");
                assertThat(finding.occurrences()).isEqualTo(59);
                assertThat(finding.detail()).isEqualTo(
                        "H_STUFF_TCE of 1 entry at bus address 0x800000000000000 (entry 0x0, 64 KiB pages) returned H_PARAMETER (-4)");
            });
            assertThat(p.metric("failed_tce_calls")).isEqualTo(59);
            assertThat(table.inUse()).isFalse();
        });
    }

    @Test
    @DisplayName("tce-hcalls.md 8: the seed's instrumented block, field by field")
    void instrumentedBlock() {
        with(TestPartition.builder().config(c -> c.withProfile(KernelProfile.SLE15SP6_6_4)), (device, table) -> {
            p.hypervisor().disableWindow(table.index());
            int before = p.log().size();
            clear(table, 0x61ee0, 1);
            assertThat(p.log().subList(before, before + 8)).containsExactly(
                    "tce_freemulti_pSeriesLP: plpar_tce_stuff failed",
                    "\trc      = -4",
                    "\tindex   = 0x70000016",
                    "\tlimit     = 0x1",
                    "\ttce     = 0x80000061ee00000",
                    "\tpgshift = 0x10",
                    "\tnpages  = 0x1",
                    "\ttbl     = " + p.kernel.printk().pointer(table.object()));
        });
    }

    @Test
    @DisplayName("free-policies.md P12c, real-world-reports.md C10 and E5: a late unmap on a LIOBN that another slot has by now is "
            + "a finding if it clears a live entry")
    void foreignEntry() {
        with("liobn-reuse=any-slot", (device, table) -> {
            long address = p.map(device);
            p.remove(device);
            Device other = p.start("eth5", 1);
            assertThat(TestPartition.table(other).index()).isEqualTo(table.index());
            long foreign = p.map(other);
            assertThat(foreign).isEqualTo(address);
            p.unmap(device, address);
            assertThat(p.findings(FindingKind.FOREIGN_ENTRY_CLEARED)).singleElement()
                    .satisfies(finding -> assertThat(finding.detail()).contains("late unmap of 0018:01:00.0 clears 1 live entry"));
            assertThat(p.dma().deviceAccess(other, foreign, 64, true)).isEqualTo(-1);
            p.unmap(other, foreign);
            assertThat(p.count(FindingKind.FOREIGN_ENTRY_CLEARED)).isEqualTo(1);
        });
    }

    /** CPU time of booting and clearing on an exploring machine, and how often the hypervisor was called to clear after boot. */
    private record Cleared(long nanos, int calls) {}

    private static Cleared explored(boolean narrate, boolean tapped) {
        Cleared[] cleared = new Cleared[1];
        try (TestPartition partition = TestPartition.builder().explored(narrate).build()) {
            partition.task(() -> {
                IommuTable table = TestPartition.table(partition.start("eth4", 0));
                Calls calls = new Calls();
                partition.firmware.tap(tapped ? calls : null);
                partition.ops.clear(table, table.offset(), 5000);
                partition.ops.set(table, table.offset() + 4000, 1, 0x10_0000, DmaDirection.FROM_DEVICE);
                partition.ops.clear(table, table.offset(), 5000);
                assertThat(partition.hypervisor().window(table.index()).liveEntries()).isZero();
                partition.ops.set(table, table.offset() + 4000, 1, 0x10_0000, DmaDirection.FROM_DEVICE);
                partition.ops.clear(table, table.offset(), 4000);
                assertThat(partition.hypervisor().window(table.index()).liveEntries()).isEqualTo(1);
                cleared[0] = new Cleared(partition.kernel.sched().takeDebt(), calls.stuffed);
            });
        }
        return cleared[0];
    }

    private static final class Calls implements CallTap {
        private int stuffed;

        @Override
        public void configures(WorkArea area) {}

        @Override
        public void hcall(long opcode, long liobn, long ioba, long value, long count, long[] list, long rc) {
            stuffed += opcode == Hcall.H_STUFF_TCE ? 1 : 0;
        }

        @Override
        public void rtas(RtasCall call, int[] args, int[] rets) {}
    }

    @Test
    @DisplayName("an exploration's boot: calls that clear nothing and that nobody looks at are not made one by one, and take the same time")
    void callsThatClearNothing() {
        Cleared unheard = explored(false, false);
        assertThat(unheard.nanos()).as("the default window alone: 1024 calls of 512 entries").isGreaterThan(1024 * (300 + 512 * 2));
        assertThat(explored(true, false)).isEqualTo(unheard);
        assertThat(explored(false, true)).isEqualTo(new Cleared(unheard.nanos(), 10 + 10 + 8));
    }
}
