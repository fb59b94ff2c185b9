package io.dmalab.platform.pseries.iommu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import io.dmalab.core.scenario.Configured;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.policy.DrainOptions;
import io.dmalab.platform.pseries.policy.WaitForDrain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IommuTableTest {
    private static final long PAGE = 65536;

    private static WaitForDrain seed() {
        return new WaitForDrain((DrainOptions) Configured.parse("wait-for-drain", "test").bind(Optional.of(DrainOptions.class), List.of()));
    }

    private static boolean bit(Device device, long address) {
        IommuTable table = TestPartition.table(device);
        return ((IommuTableBitmap) table.map()).bits().get((address >>> table.pageShift()) - table.offset());
    }

    @Test
    @DisplayName("iommu-table.md invariants 1 and 6: the bit stays set until the hypercall is done, and is cleared even if that fails")
    void bitOutlivesTheHypercall() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                long address = p.map(device);
                assertThat(bit(device, address)).isTrue();
                IommuTable table = TestPartition.table(device);
                p.hypervisor().disableWindow(table.index());
                int before = p.opcodes().size();
                p.unmap(device, address);
                assertThat(p.opcodes().subList(before, p.opcodes().size())).containsExactly(Hcall.H_STUFF_TCE);
                assertThat(bit(device, address)).isFalse();
                assertThat(p.count(FindingKind.HCALL_ERROR)).isEqualTo(1);
            });
        }
    }

    /** Notes at each clear whether the first entry's bit was still set. */
    private static final class WatchingOps implements IommuTableOps {
        IommuTable table;
        final List<String> clears = new ArrayList<>();

        @Override
        public long set(IommuTable table, long entry, int pages, long physical, DmaDirection direction) {
            return 0;
        }

        @Override
        public void clear(IommuTable cleared, long entry, long pages) {
            if (table != null) {
                boolean set = ((IommuTableBitmap) table.map()).bits().get(entry - table.offset());
                clears.add(entry - table.offset() + "+" + pages + (set ? " set" : " clear"));
            }
        }

        @Override
        public long get(IommuTable table, long entry) {
            return 0;
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 6: an unmap calls clear exactly once, for all its entries, before their bits change")
    void clearBeforeBits() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                WatchingOps ops = new WatchingOps();
                IommuTable table = p.tables.create(new TableParameters(0, 1, 1L << 59, 1L << 32, 16, null, device), ops).init(0, 0);
                ops.table = table;
                long address = table.mapPage(device, 0, 3 * PAGE, DmaDirection.FROM_DEVICE, -1L);
                table.unmapPage(address, 3 * PAGE, DmaDirection.FROM_DEVICE);
                assertThat(ops.clears).containsExactly("0+3 set");
                assertThat(table.used()).isZero();
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 2: an address lies in the window and carries the offset in the page")
    void addresses() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                int page = p.kernel.pages().alloc();
                long address = p.dma().mapPage(device, page, 0x123, 100, DmaDirection.TO_DEVICE);
                assertThat(address).isEqualTo(0x800000000000123L);
                assertThat(p.dma().deviceAccess(device, address, 100, false)).isEqualTo(p.kernel.pages().physical(page) + 0x123);
                p.dma().unmapPage(device, address, 100, DmaDirection.TO_DEVICE);
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 9: a 64 KiB page in a 4 KiB window takes 16 entries, aligned, from the large pool")
    void pageOfSixteenEntries() {
        try (TestPartition p = TestPartition.builder().options("iommu=pseries-default-window").build()) {
            p.run(device -> {
                long first = p.map(device);
                long second = p.map(device);
                assertThat(first).isEqualTo(393216L << 12);
                assertThat(second - first).isEqualTo(PAGE);
                assertThat(TestPartition.table(device).used()).isEqualTo(32);
                p.unmap(device, first);
                p.unmap(device, second);
                assertThat(TestPartition.table(device).inUse()).isFalse();
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 5: H_NOT_ENOUGH_RESOURCES fails the map and releases its bits; any other error is reported "
            + "as success")
    void onlyExhaustionFailsAMap() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                p.hypervisor().setTceFaults((liobn, ioba, count) -> Hcall.H_NOT_ENOUGH_RESOURCES);
                assertThat(p.map(device)).isEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(TestPartition.table(device).inUse()).isFalse();
                assertThat(p.lines("iommu_alloc failed, tbl 00000000")).isEqualTo(1);

                p.hypervisor().setTceFaults((liobn, ioba, count) -> Hcall.H_HARDWARE);
                long address = p.map(device);
                assertThat(address).isNotEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(bit(device, address)).isTrue();
                assertThat(p.lines("tce_build_pSeriesLP: plpar_tce_put failed. rc=-1")).isEqualTo(1);
                p.unmap(device, address);
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 9: a map through a window that is gone succeeds")
    void mapOnRemovedWindowSucceeds() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                p.hypervisor().disableWindow(TestPartition.table(device).index());
                assertThat(p.map(device)).isNotEqualTo(DmaApi.MAPPING_ERROR);
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 9: direction NONE is a bug trap, no table a silent failure")
    void directionAndTable() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                IommuTable table = TestPartition.table(device);
                try {
                    table.mapPage(device, 0, PAGE, DmaDirection.NONE, -1L);
                    throw new AssertionError("mapped with direction NONE");
                } catch (KernelOops expected) {
                    assertThat(p.count(FindingKind.BUG)).isEqualTo(1);
                }
                TestPartition.archdata(device).tableBase(null);
                assertThat(p.map(device)).isEqualTo(DmaApi.MAPPING_ERROR);
                device.backend().unmap(device, 0x800000000000000L, PAGE, DmaDirection.FROM_DEVICE);
                TestPartition.archdata(device).tableBase(table);
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 10: an entry outside the table is refused with one rate-limited block, without hypercall")
    void invalidEntry() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                IommuTable table = TestPartition.table(device);
                int before = p.opcodes().size();
                table.unmapPage(0x1000, PAGE, DmaDirection.FROM_DEVICE);
                table.unmapPage(0x800000000000000L + (512L << 30), PAGE, DmaDirection.FROM_DEVICE);
                assertThat(p.opcodes()).hasSize(before);
                assertThat(p.lines("\tentry     = 0x")).isEqualTo(2);
                int block = p.log().indexOf("iommu_free: invalid entry");
                assertThat(p.log().subList(block + 1, block + 9)).containsExactly("\tentry     = 0x0", "\tdma_addr  = 0x1000",
                        "\tTable     = 0x" + Long.toHexString(table.object().address()), "\tbus#      = 0x0", "\tsize      = 0x800000",
                        "\tstartOff  = 0x80000000000", "\tindex     = 0x70000016", "------------[ cut here ]------------");
                assertThat(p.log().get(block + 9)).as("a WARN_ON has no text").startsWith("WARNING: CPU: ");
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 7: a legacy free of a table in use warns once, does not wait, and the memory is gone")
    void legacyFree() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                p.map(device);
                IommuTable table = TestPartition.table(device);
                long before = p.kernel.clock().now();
                assertThat(IommuTable.put(p.kernel, table)).isEqualTo(1);
                assertThat(p.kernel.clock().now()).isEqualTo(before);
                assertThat(p.lines("iommu_table_free: Unexpected TCEs")).isEqualTo(1);
                assertThat(table.object().alive()).isFalse();
                assertThat(table.get()).isNull();
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 8: the seed's free says and waits nothing if the table is empty")
    void seedFreeOfAnEmptyTable() {
        try (TestPartition p = TestPartition.builder().policy(seed()).build()) {
            p.run(device -> {
                long before = p.kernel.clock().now();
                IommuTable.put(p.kernel, TestPartition.table(device));
                assertThat(p.kernel.clock().now()).isEqualTo(before);
                assertThat(p.lines("Unexpected TCEs")).isZero();
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 8: never emptied, it prints 2400 info lines and one warning in 120 s, and frees")
    void seedFreeGivesUp() {
        try (TestPartition p = TestPartition.builder().policy(seed()).build()) {
            p.run(device -> {
                p.map(device);
                IommuTable table = TestPartition.table(device);
                long before = p.kernel.clock().now();
                IommuTable.put(p.kernel, table);
                assertThat((p.kernel.clock().now() - before) / 1e9).isBetween(120.0, 120.1);
                assertThat(p.lines("iommu_table_free: Unexpected TCEs, wait for 50ms")).isBetween(2399L, 2400L)
                        .isEqualTo(p.metric("poll_rounds"));
                assertThat(p.lines("iommu_table_free: TCEs still mapped even after 120 seconds")).isEqualTo(1);
                assertThat(table.object().alive()).isFalse();
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 9: unmaps during the seed's wait succeed and shorten it")
    void seedFreeIsShortenedByUnmaps() {
        try (TestPartition p = TestPartition.builder().policy(seed()).build()) {
            p.run(device -> {
                long address = p.map(device);
                p.after(1_020_000_000L, () -> p.unmap(device, address));
                long before = p.kernel.clock().now();
                IommuTable.put(p.kernel, TestPartition.table(device));
                assertThat((p.kernel.clock().now() - before) / 1e9).isBetween(1.02, 1.08);
                assertThat(p.count(FindingKind.HCALL_ERROR)).isZero();
                assertThat(p.lines("TCEs still mapped")).isZero();
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 14: emptied during the very last sleep, it warns all the same")
    void emptiedInTheLastSleep() {
        try (TestPartition p = TestPartition.builder().policy(seed()).build()) {
            p.run(device -> {
                long address = p.map(device);
                IommuTable table = TestPartition.table(device);
                p.after(119_999_000_000L, () -> p.unmap(device, address));
                IommuTable.put(p.kernel, table);
                assertThat(p.lines("TCEs still mapped even after 120 seconds")).isEqualTo(1);
                assertThat(table.used()).isZero();
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md invariant 11: an unmap through a stale pointer is a use after free with the seed's functions on its stack")
    void staleUnmap() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                long address = p.map(device);
                IommuTable.put(p.kernel, TestPartition.table(device));
                p.unmap(device, address);
            });
            List<FindingRecord> found = p.findings(FindingKind.USE_AFTER_FREE);
            assertThat(found).anySatisfy(finding -> {
                assertThat(finding.subject()).startsWith("iommu_table ");
                assertThat(finding.stacks().getFirst().functions()).startsWith("tce_freemulti_pSeriesLP", "__iommu_free", "iommu_free",
                        "dma_iommu_unmap_page", "dma_unmap_page_attrs");
                assertThat(finding.stacks().get(1).functions()).contains("iommu_pseries_alloc_table", "enable_ddw");
                assertThat(finding.stacks().get(2).functions()).startsWith("iommu_table_free", "iommu_tce_table_put");
            });
            assertThat(found).anySatisfy(finding -> assertThat(finding.subject()).startsWith("it_map "));
        }
    }

    @Test
    @DisplayName("iommu-table.md 14: a second holder of the table postpones its end")
    void references() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                IommuTable table = TestPartition.table(device);
                assertThat(table.get()).isSameAs(table);
                assertThat(IommuTable.put(p.kernel, table)).isZero();
                assertThat(table.object().alive()).isTrue();
                assertThat(IommuTable.put(p.kernel, table)).isEqualTo(1);
                assertThat(IommuTable.put(p.kernel, null)).isZero();
                assertThat(p.log()).filteredOn(line -> line.matches("WARNING: CPU: \\d+ PID: \\d+ at iommu_tce_table_put\\+.*")).hasSize(1);
            });
        }
    }

    /** Asks once to be asked again, then keeps what is in use. */
    private static final class Zombies implements FreePolicy {
        private int asked;

        @Override
        public Verdict releaseTable(TableRelease table) {
            return asked++ == 0 ? new Verdict.WaitFor("once") : new Verdict.Keep("in use");
        }
    }

    @Test
    @DisplayName("free-policies.md P12a: a policy may keep a table: late unmaps clear bits, touch no freed memory and make no "
            + "hypercall")
    void keptTable() {
        Zombies policy = new Zombies();
        try (TestPartition p = TestPartition.builder().policy(policy).build()) {
            p.run(device -> {
                long address = p.map(device);
                IommuTable table = TestPartition.table(device);
                IommuTable.put(p.kernel, table);
                assertThat(policy.asked).isEqualTo(2);
                int before = p.opcodes().size();
                p.unmap(device, address);
                assertThat(p.opcodes()).hasSize(before);
                assertThat(table.used()).isZero();
                assertThat(p.kernel.findingRecords()).isEmpty();
            });
        }
    }

    @Test
    @DisplayName("free-policies.md P3: a policy may wait for a table on an event instead of polling")
    void awaitIdle() {
        boolean[] idle = new boolean[2];
        FreePolicy policy = new FreePolicy() {
            @Override
            public Verdict releaseTable(TableRelease table) {
                idle[0] = table.awaitIdle(10);
                idle[1] = table.awaitIdle(250 * 60);
                assertThat(table.device()).isNotNull();
                table.clearDevicePointer();
                assertThat(table.device()).isNull();
                return Verdict.PROCEED;
            }
        };
        try (TestPartition p = TestPartition.builder().policy(policy).build()) {
            p.run(device -> {
                long address = p.map(device);
                p.after(2_000_000_000L, () -> p.unmap(device, address));
                long before = p.kernel.clock().now();
                IommuTable.put(p.kernel, TestPartition.table(device));
                assertThat(p.kernel.clock().now() - before).isBetween(2_000_000_000L, 2_001_000_000L);
                assertThat(TestPartition.table(device)).isNull();
            });
            assertThat(idle).containsExactly(false, true);
        }
    }

    @Test
    @DisplayName("iommu-table.md 12: coherent memory is aligned to its order, and an order of 13 is refused")
    void coherent() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                p.map(device);
                IommuTable table = TestPartition.table(device);
                long address = table.allocCoherent(device, 0, 5 * PAGE, -1L);
                assertThat((address >>> 16) - table.offset()).isEqualTo(16);
                assertThat(table.used()).isEqualTo(6);
                table.freeCoherent(address, 5 * PAGE);
                assertThat(table.used()).isEqualTo(1);
                assertThat(table.allocCoherent(device, 0, (PAGE << 12) + 1, -1L)).isEqualTo(IommuTable.ERROR);
                assertThat(p.lines("iommu_alloc_consistent size too large: 0x10010000")).isEqualTo(1);
                assertThat(table.allocCoherent(device, 0, PAGE << 12, -1L)).isNotEqualTo(IommuTable.ERROR);
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 15: fail_iommu makes maps fail, never unmaps")
    void faultInjection() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                long address = p.map(device);
                p.fail.configure(1, 2);
                assertThat(p.map(device)).isEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(p.map(device)).isEqualTo(DmaApi.MAPPING_ERROR);
                assertThat(p.map(device)).isNotEqualTo(DmaApi.MAPPING_ERROR);
                p.fail.configure(1, -1);
                p.unmap(device, address);
                assertThat(TestPartition.table(device).used()).isEqualTo(1);
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 15: a mask that does not reach the window is refused; without a table the mask is refused too")
    void dmaSupported() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                assertThat(p.dma().setMask(device, 0xffff_ffffL)).isFalse();
                assertThat(p.log()).contains("mlx5_core 0018:01:00.0: Warning: IOMMU offset too big for device mask");
                IommuTable table = TestPartition.table(device);
                TestPartition.archdata(device).tableBase(null);
                assertThat(p.dma().setMask(device, 0xffff_ffffL)).isFalse();
                assertThat(p.lines("table unavailable")).isEqualTo(1);
                TestPartition.archdata(device).tableBase(table);
            });
        }
    }

    @Test
    @DisplayName("iommu-table.md 3 and 5: the once-per-boot line, and the initial clear of the whole window")
    void init() {
        try (TestPartition p = TestPartition.builder().build()) {
            p.run(device -> {
                assertThat(p.lines("IOMMU table initialized, virtual merging enabled")).isEqualTo(1);
                // 2 GiB of 4 KiB entries and 512 GiB of 64 KiB entries, 512 a call, and the one call for the default window that was given up
                assertThat(p.opcodes().stream().filter(o -> o == Hcall.H_STUFF_TCE).count()).isEqualTo(1024 + 1 + 16384);
            });
        }
    }
}
