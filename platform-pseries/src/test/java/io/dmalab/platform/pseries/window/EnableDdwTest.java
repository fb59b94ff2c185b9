package io.dmalab.platform.pseries.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.hypervisor.CreateFaultPolicy;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableGroup;
import io.dmalab.platform.pseries.pci.PciDn;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EnableDdwTest {
    private TestPartition p;

    private void with(String options, Consumer<Device> body) {
        with(TestPartition.builder().options(options), body);
    }

    private void with(TestPartition.Builder builder, Consumer<Device> body) {
        try (TestPartition partition = builder.build()) {
            p = partition;
            partition.run(body);
        }
    }

    /** Without a driver that sets a mask. */
    private void unbound(TestPartition.Builder builder, Consumer<Device> body) {
        try (TestPartition partition = builder.build()) {
            p = partition;
            partition.probe = device -> {};
            partition.run(body);
        }
    }

    private static DeviceNode bridge(Device device) {
        return device.node().parent().orElseThrow();
    }

    private static IommuTableGroup group(Device device) {
        return PciDn.of(bridge(device)).tableGroup();
    }

    private long calls(String name) {
        return p.rtasCalls().stream().filter(call -> call.startsWith(name)).count();
    }

    @Test
    @DisplayName("ddw.md invariants 1 to 3: the seed's window: dynamic, 64 KiB, LIOBN 0x70000016 at 2^59, the default one given up and "
            + "saved")
    void seed() {
        with("", device -> {
            DeviceNode node = bridge(device);
            WindowRecord record = WindowRecord.dynamicOf(node).orElseThrow();
            assertThat(record).isEqualTo(new WindowRecord(0x70000016, 1L << 59, 16, 39));
            assertThat(node.property(WindowRecord.DMA64)).isPresent();
            assertThat(node.property(WindowRecord.DIRECT64)).isEmpty();
            assertThat(node.property(WindowRecord.DEFAULT)).isEmpty();
            assertThat(node.property(WindowRecord.DEFAULT_SAVED)).isPresent();
            IommuTable table = TestPartition.table(device);
            assertThat(table.index()).isEqualTo(record.liobn());
            assertThat(table.offset()).isEqualTo(record.base() >>> 16);
            assertThat(table.size()).isEqualTo(8388608);
            assertThat(group(device).table(0)).isSameAs(table);
            assertThat(group(device).table(1)).isNull();
            assertThat(device.dmaBypass()).isFalse();
            assertThat(p.windows.find(node).direct()).isFalse();
            assertThat(p.log()).containsSubsequence(
                    "IOMMU table initialized, virtual merging enabled",
                    "pci 0018:01:00.0: ibm,query-pe-dma-windows(2026) 10000 8000000 20000018 returned 0, lb=800000 ps=3 wn=0",
                    "pci 0018:01:00.0: Adding to iommu group 0",
                    "mlx5_core 0018:01:00.0: ibm,query-pe-dma-windows(2026) 10000 8000000 20000018 returned 0, lb=800000 ps=3 wn=0",
                    "mlx5_core 0018:01:00.0: ibm,query-pe-dma-windows(2026) 10000 8000000 20000018 returned 0, lb=800000 ps=3 wn=1",
                    "mlx5_core 0018:01:00.0: ibm,create-pe-dma-window(2027) 10000 8000000 20000018 10 27 returned 0"
                            + " (liobn = 0x70000016 starting addr = 8000000 0)",
                    "mlx5_core 0018:01:00.0: Removed default DMA window for /pci@800000020000018");
        });
    }

    @Test
    @DisplayName("ddw.md 4.1 and 6: the second mask call finds the window and makes no RTAS call")
    void secondCall() {
        with("", device -> {
            int before = p.rtasCalls().size();
            assertThat(p.dma().setMask(device, -1L)).isTrue();
            assertThat(p.rtasCalls()).hasSize(before);
            assertThat(calls("ibm,create-pe-dma-window")).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("ddw.md invariant 3: a dedicated adapter keeps the default window beside the dynamic one")
    void twoWindows() {
        with("adapter=dedicated", device -> {
            assertThat(group(device).table(0).index()).isEqualTo(0x70000014);
            assertThat(group(device).table(1)).isSameAs(TestPartition.table(device));
            assertThat(bridge(device).property(WindowRecord.DEFAULT)).isPresent();
            assertThat(p.hypervisor().window(0x70000014)).isNotNull();
            assertThat(p.hypervisor().window(0x70000016)).isNotNull();
        });
    }

    @Test
    @DisplayName("ddw.md invariants 3 and 9: a window that covers all memory is mapped directly: no table, RAM read and write, bypass")
    void direct() {
        with(TestPartition.builder().options("largest-block=16777216,max-memory=1GiB").ram(1L << 30), device -> {
            assertThat(bridge(device).property(WindowRecord.DIRECT64)).isPresent();
            assertThat(bridge(device).property(WindowRecord.DMA64)).isEmpty();
            assertThat(group(device).table(0)).isNull();
            assertThat(group(device).table(1)).isNull();
            assertThat(TestPartition.table(device)).isNull();
            assertThat(device.dmaBypass()).isTrue();
            assertThat(device.dmaOffset()).isEqualTo(1L << 59);
            TceTable window = p.hypervisor().window(0x70000016);
            assertThat(window.liveEntries()).isEqualTo(1L << 14);
            assertThat(window.get(5)).isEqualTo(0x50003);
            int before = p.opcodes().size();
            int page = p.kernel.pages().alloc();
            long address = p.map(device, page);
            assertThat(address).isEqualTo((1L << 59) + p.kernel.pages().physical(page));
            assertThat(p.dma().deviceAccess(device, address, 4096, true)).isEqualTo(p.kernel.pages().physical(page));
            p.unmap(device, address);
            assertThat(p.opcodes()).hasSize(before);
        });
    }

    @Test
    @DisplayName("backend pseries-direct: 2 MiB pages cover a terabyte in 1024 hypercalls")
    void directBackend() {
        with("iommu=pseries-direct", device -> {
            assertThat(device.dmaBypass()).isTrue();
            WindowRecord record = WindowRecord.dynamicOf(bridge(device)).orElseThrow();
            assertThat(record.tceShift()).isEqualTo(21);
            assertThat(record.windowShift()).isEqualTo(40);
            assertThat(p.opcodes().stream().filter(o -> o == Hcall.H_PUT_TCE_INDIRECT).count()).isEqualTo(1024);
        });
    }

    @Test
    @DisplayName("backend pseries-default-window: as with disable_ddw, the mask call asks firmware nothing")
    void defaultBackend() {
        with("iommu=pseries-default-window", device -> {
            assertThat(TestPartition.table(device).index()).isEqualTo(0x70000014);
            assertThat(calls("ibm,create-pe-dma-window")).isZero();
            assertThat(WindowRecord.dynamicOf(bridge(device))).isEmpty();
        });
    }

    @Test
    @DisplayName("ddw.md 3 and 11, KernelProfile.ddwAnyMaskOver32: before 6.15 the mask must be exactly 64 bits; since then any "
            + "above 32, in limited address mode at 4 GiB")
    void masks() {
        unbound(TestPartition.builder(), device -> {
            assertThat(p.dma().setMask(device, (1L << 48) - 1)).isTrue();
            assertThat(calls("ibm,create-pe-dma-window")).isZero();
            assertThat(TestPartition.table(device).index()).isEqualTo(0x70000014);
        });
        unbound(TestPartition.builder().config(c -> c.withProfile(KernelProfile.V6_16)), device -> {
            assertThat(p.dma().setMask(device, (1L << 48) - 1)).isTrue();
            assertThat(TestPartition.table(device).offset()).isEqualTo(1L << 32 >>> 16);
            assertThat(p.log()).contains("mlx5_core 0018:01:00.0: lsa_required: 1, lsa_enabled: 1, direct mapping: 0");
            assertThat(p.dma().setMask(device, 0xffff_ffffL)).as("32 bits do not reach 4 GiB").isFalse();
        });
    }

    @Test
    @DisplayName("ddw.md 4 and invariant 4: after a failed attempt no record, no list entry; the node is remembered and firmware "
            + "not asked again; the default window works")
    void failure() {
        unbound(TestPartition.builder(), device -> {
            p.hypervisor().setCreateFaults(CreateFaultPolicy.busy(Integer.MAX_VALUE, RtasStatus.HW_ERROR));
            assertThat(p.dma().setMask(device, -1L)).isTrue();
            DeviceNode node = bridge(device);
            assertThat(WindowRecord.dynamicOf(node)).isEmpty();
            assertThat(node.property(WindowRecord.DEFAULT)).isPresent();
            assertThat(p.windows.all()).isEmpty();
            assertThat(p.windows.hasFailed(node)).isTrue();
            assertThat(calls("ibm,reset-pe-dma-window")).isEqualTo(1);
            int before = p.rtasCalls().size();
            assertThat(p.dma().setMask(device, -1L)).isTrue();
            assertThat(p.rtasCalls()).hasSize(before);
            long address = p.map(device);
            assertThat(address >>> 31).isZero();
            assertThat(p.dma().deviceAccess(device, address, 64, true)).isNotEqualTo(-1);
            p.unmap(device, address);
            assertThat(p.count(FindingKind.HCALL_ERROR)).isZero();
        });
    }

    @Test
    @DisplayName("ddw.md 4.14: direct mapping that fails is cleared and undone, level by level")
    void directMappingFails() {
        unbound(TestPartition.builder().options("iommu=pseries-direct"), device -> {
            int[] calls = new int[1];
            p.hypervisor().setTceFaults((liobn, ioba, count) -> ++calls[0] == 10 ? Hcall.H_HARDWARE : Hcall.H_SUCCESS);
            p.dma().setMask(device, -1L);
            assertThat(p.log()).contains("mlx5_core 0018:01:00.0: failed to map DMA window for /pci@800000020000018: -1");
            assertThat(WindowRecord.dynamicOf(bridge(device))).isEmpty();
            assertThat(p.windows.all()).isEmpty();
            assertThat(p.hypervisor().window(0x70000016)).isNull();
            assertThat(p.hypervisor().window(0x70000014)).isNotNull();
            assertThat(group(device).table(0)).isNotNull();
        });
    }

    @Test
    @DisplayName("ddw.md 4.f: an attempt that fails after it chose direct mapping still answers direct, and the device faults")
    void failureAnswersDirect() {
        unbound(TestPartition.builder().options("iommu=pseries-direct"), device -> {
            p.hypervisor().setCreateFaults(CreateFaultPolicy.busy(Integer.MAX_VALUE, RtasStatus.HW_ERROR));
            assertThat(p.dma().setMask(device, -1L)).isTrue();
            assertThat(device.dmaBypass()).isTrue();
            assertThat(p.dma().deviceAccess(device, p.map(device), 64, true)).isEqualTo(-1);
            assertThat(p.count(FindingKind.EEH_FREEZE)).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("ddw.md 4 and invariant 5: create is attempted only after a query that reports a window; a default table in use "
            + "is not replaced")
    void defaultInUse() {
        unbound(TestPartition.builder(), device -> {
            long address = p.map(device);
            p.dma().setMask(device, -1L);
            assertThat(p.log()).contains("mlx5_core 0018:01:00.0: current IOMMU table in use, can't be replaced.");
            assertThat(calls("ibm,create-pe-dma-window")).isZero();
            assertThat(calls("ibm,remove-pe-dma-window")).isZero();
            p.unmap(device, address);
            assertThat(p.count(FindingKind.HCALL_ERROR)).isZero();
        });
    }

    @Test
    @DisplayName("ddw.md 4.3: without ibm,ddw-applicable nothing is asked")
    void notOffered() {
        with("ddw=off", device -> {
            assertThat(p.rtasCalls()).isEmpty();
            assertThat(TestPartition.table(device).index()).isEqualTo(0x70000014);
            assertThat(p.windows.hasFailed(bridge(device))).isTrue();
        });
    }

    @Test
    @DisplayName("ddw.md 2: create is made again while firmware is busy, with the delay it asks for")
    void busy() {
        long[] idle = new long[1];
        with("", device -> idle[0] = p.kernel.clock().now());
        with("create-busy=3", device -> {
            assertThat(calls("ibm,create-pe-dma-window")).isEqualTo(4);
            assertThat(p.kernel.clock().now() - idle[0]).isBetween(30_000_000L, 30_200_000L);
            assertThat(TestPartition.table(device).index()).isEqualTo(0x70000016);
        });
    }

    @Test
    @DisplayName("ddw.md 4.10: a single window with persistent memory and room: RAM directly, the rest dynamically")
    void hybrid() {
        with("pmemory=on,max-memory=1TiB,largest-block=33554432", device -> {
            assertThat(bridge(device).property(WindowRecord.DIRECT64)).isPresent();
            IommuTable table = TestPartition.table(device);
            assertThat(group(device).table(0)).isSameAs(table);
            assertThat(table.offset() << 16).isEqualTo((1L << 59) + (1L << 40));
            assertThat(table.size() << 16).isEqualTo(1L << 40);
            assertThat(device.dmaBypass()).isFalse();
            assertThat(p.lines("iommu: 64-bit OK but direct DMA is limited by 800010000000000")).isGreaterThanOrEqualTo(1);
            assertThat(p.lines("Skipping ibm,pmemory")).isEqualTo(1);
            int page = p.kernel.pages().alloc();
            int before = p.opcodes().size();
            long address = p.map(device, page);
            assertThat(address).isEqualTo((1L << 59) + p.kernel.pages().physical(page));
            p.unmap(device, address);
            assertThat(p.opcodes()).hasSize(before);
        });
    }

    @Test
    @DisplayName("ddw.md 11, KernelProfile.ddwReservesPages: the reservation of the bridge's MMIO is in bytes up to 6.12.12, in "
            + "pages since; at 2^59 it is empty either way")
    void reservation() {
        for (KernelProfile profile : List.of(KernelProfile.V6_12, KernelProfile.V6_14)) {
            with(TestPartition.builder().config(c -> c.withProfile(profile)), device -> {
                IommuTable table = TestPartition.table(device);
                assertThat(table.reservedStart()).isEqualTo(table.reservedEnd()).isEqualTo(table.offset());
            });
        }
    }

    @Test
    @DisplayName("ddw.md 11, KernelProfile.ddwQueriedAtAdd: 6.11 began to query at set-up, for VFIO; 6.4 asks when a driver sets "
            + "its mask")
    void queryAtSetUp() {
        String query = "ibm,query-pe-dma-window";
        with(TestPartition.builder().config(c -> c.withProfile(KernelProfile.V6_4)), device -> assertThat(calls(query)).isEqualTo(2));
        with(TestPartition.builder().config(c -> c.withProfile(KernelProfile.V6_12)), device -> assertThat(calls(query)).isEqualTo(3));
    }

    @Test
    @DisplayName("ddw.md 4.13 and 4.16: adding the record and deleting the default window call the reconfiguration chain")
    void propertyNotifications() {
        List<String> seen = new ArrayList<>();
        try (TestPartition partition = TestPartition.builder().build()) {
            partition.task(() -> {
                partition.boot();
                partition.kernel.deviceTree().reconfig().register(event -> {
                    if (event instanceof HotplugEvent.PropertyChanged change) {
                        seen.add(change.change() + " " + change.property().name());
                    }
                    return HotplugNotifier.Answer.OK;
                });
                partition.start("eth4", 0);
            });
        }
        assertThat(seen).containsExactly("ADD linux,dma64-ddr-window-info", "ADD ibm,dma-window-saved", "REMOVE ibm,dma-window");
    }

    @Test
    @DisplayName("ddw.md 1: reading an extension: missing, empty, too few, there")
    void extensions() {
        with("", device -> {
            DeviceNode node = bridge(device);
            assertThat(DdwProperties.extension(node, 1)).isEqualTo(0x2029);
            assertThat(DdwProperties.extension(node, 4)).isEqualTo(-75);
            assertThat(DdwProperties.extension(device.node(), 1)).isEqualTo(-22);
            p.kernel.deviceTree().addProperty(device.node(), new io.dmalab.api.device.Property(DdwProperties.EXTENSIONS));
            assertThat(DdwProperties.extension(device.node(), 1)).isEqualTo(-61);
        });
    }

    @Test
    @DisplayName("ddw.md 2: Linux takes the largest page size offered: 16G > 256M > ... > 16M > 2M > 64K > 4K")
    void pageSizes() {
        int[] masks = {0x1, 0x3, 0x103, 0x107, 0x10f, 0x11f, 0x13f, 0x17f, 0x1ff, 0x200};
        int[] shifts = new int[masks.length];
        for (int i = 0; i < masks.length; i++) {
            shifts[i] = new DdwRtasCalls.Query(0, 1, 1, masks[i]).pageShift();
        }
        assertThat(shifts).containsExactly(12, 16, 21, 24, 25, 26, 27, 28, 34, 0);
    }

    @Test
    @DisplayName("ddw.md 4, QEMU example: pages up to 64 KiB and 2^31 entries cover any RAM up to 128 TiB directly, the default "
            + "window stays")
    void qemu() {
        String options = "hypervisor=qemu,adapter=dedicated,largest-block=2147483648,max-memory=2GiB";
        with(TestPartition.builder().options(options).ram(2L << 30), device -> {
            assertThat(device.dmaBypass()).isTrue();
            assertThat(WindowRecord.dynamicOf(bridge(device)).orElseThrow().liobn()).isEqualTo(0x80000101L);
            assertThat(group(device).table(0).index()).isEqualTo(0x80000100L);
            assertThat(group(device).table(1)).isNull();
        });
    }
}
