package io.dmalab.platform.pseries.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.HotplugEvent.MemoryChanged;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WindowRemovalTest {
    private static final long LIOBN = 0x70000016;
    private TestPartition p;

    private void with(TestPartition.Builder builder, Consumer<Device> body) {
        try (TestPartition partition = builder.build()) {
            p = partition;
            partition.run(body);
        }
    }

    private static DeviceNode bridge(Device device) {
        return device.node().parent().orElseThrow();
    }

    @Test
    @DisplayName("ddw.md 5 and invariant 6: clearing comes before the RTAS removal, and removal is attempted even if clearing failed")
    void clearThenRemove() {
        with(TestPartition.builder(), device -> {
            long before = p.events.size();
            p.map(device);
            assertThat(p.removal.removeNamed(bridge(device), false, WindowRecord.DMA64, true)).isZero();
            List<String> order = p.events.stream().skip(before).map(e -> e.type().name()).distinct().toList();
            assertThat(order).containsSubsequence("powerpc:hcall_entry", "powerpc:rtas_input");
            assertThat(p.hypervisor().window(LIOBN)).isNull();
            assertThat(p.metric("dropped_tces")).isEqualTo(1);
            assertThat(bridge(device).property(WindowRecord.DMA64)).isPresent();

            assertThat(p.removal.removeNamed(bridge(device), true, WindowRecord.DMA64, true)).isZero();
            assertThat(p.log()).containsSubsequence("/pci@800000020000018 failed to clear tces in window.",
                    "/pci@800000020000018: failed to remove DMA window: rtas returned -3 to ibm,remove-pe-dma-window(2028) 70000016");
            assertThat(bridge(device).property(WindowRecord.DMA64)).isEmpty();
            assertThat(p.removal.removeNamed(bridge(device), true, WindowRecord.DMA64, true)).isEqualTo(-22);
        });
    }

    @Test
    @DisplayName("ddw.md invariant 7: after the removal every call on the LIOBN is H_PARAMETER until it is made again")
    void deadLiobn() {
        with(TestPartition.builder(), device -> {
            p.removal.removeNamed(bridge(device), true, WindowRecord.DMA64, true);
            assertThat(p.hcalls.tcePut(LIOBN, 1L << 59, 0x10003)).isEqualTo(Hcall.H_PARAMETER);
            assertThat(p.hcalls.tceStuff(LIOBN, 1L << 59, 0, 1)).isEqualTo(Hcall.H_PARAMETER);
            assertThat(p.hcalls.tceGet(LIOBN, 1L << 59)).isEqualTo(Hcall.H_PARAMETER);
            assertThat(p.hypervisor().window(0x70000014)).as("the default window is back").isNotNull();
        });
    }

    @Test
    @DisplayName("ddw.md 5: the group's bug trap fires while a device is still in the group")
    void bugTrap() {
        with(TestPartition.builder(), device -> {
            try {
                p.kernel.deviceTree().detach(device.node());
                p.kernel.deviceTree().detach(bridge(device));
                throw new AssertionError("no bug trap");
            } catch (KernelOops expected) {
                assertThat(p.findings(FindingKind.BUG)).singleElement()
                        .satisfies(finding -> assertThat(finding.subject()).isEqualTo("iommu_pseries_free_group"));
                assertThat(TestPartition.table(device).object().alive()).isTrue();
            }
        });
    }

    private Answer memory(MemoryChanged.Phase phase, long start, long bytes) {
        return p.kernel.devices().memoryChain().call(new MemoryChanged(phase, start, bytes));
    }

    @Test
    @DisplayName("ddw.md 7: memory that comes and goes is mapped into and cleared from direct windows")
    void memoryNotifier() {
        with(TestPartition.builder().options("iommu=pseries-direct,max-memory=2TiB"), device -> {
            TceTable window = p.hypervisor().window(LIOBN);
            long live = window.liveEntries();
            assertThat(memory(MemoryChanged.Phase.GOING_ONLINE, 1L << 40, 256L << 20)).isEqualTo(Answer.OK);
            assertThat(window.liveEntries()).isEqualTo(live + 128);
            assertThat(window.get(1L << 40 >>> 21)).isEqualTo(1L << 40 | 3);
            assertThat(memory(MemoryChanged.Phase.OFFLINE, 1L << 40, 256L << 20)).isEqualTo(Answer.OK);
            assertThat(window.liveEntries()).isEqualTo(live);
            assertThat(memory(MemoryChanged.Phase.ONLINE, 1L << 40, 256L << 20)).isEqualTo(Answer.OK);
            assertThat(window.liveEntries()).isEqualTo(live);
        });
    }

    @Test
    @DisplayName("ddw.md 7 and 11, KernelProfile.ddwAnyMaskOver32: memory beyond the window is vetoed by older kernels and ignored "
            + "by newer ones; a cancelled onlining is never refused")
    void memoryBeyond() {
        with(TestPartition.builder().options("iommu=pseries-direct"), device -> {
            assertThat(memory(MemoryChanged.Phase.GOING_ONLINE, 1L << 42, 256L << 20)).isEqualTo(Answer.BAD);
            assertThat(memory(MemoryChanged.Phase.CANCEL_ONLINE, 1L << 42, 256L << 20)).isEqualTo(Answer.OK);
        });
        with(TestPartition.builder().options("iommu=pseries-direct").config(c -> c.withProfile(KernelProfile.V6_16)), device ->
                assertThat(memory(MemoryChanged.Phase.GOING_ONLINE, 1L << 42, 256L << 20)).isEqualTo(Answer.OK));
    }

    @Test
    @DisplayName("ddw.md 7: dynamic windows are left alone by memory hotplug")
    void memoryAndDynamicWindows() {
        with(TestPartition.builder(), device -> {
            int before = p.opcodes().size();
            assertThat(memory(MemoryChanged.Phase.GOING_ONLINE, 0, 256L << 20)).isEqualTo(Answer.OK);
            assertThat(p.opcodes()).hasSize(before);
        });
    }

    @Test
    @DisplayName("tce-hcalls.md 9: range helpers: 512 a call, a trailing part of an entry is not covered, first error ends it")
    void ranges() {
        with(TestPartition.builder().options("iommu=pseries-direct"), device -> {
            WindowRecord record = WindowRecord.dynamicOf(bridge(device)).orElseThrow();
            TceTable window = p.hypervisor().window(LIOBN);
            long tce = 1L << record.tceShift();
            int before = p.opcodes().size();
            assertThat(p.windowTces.clear(record, 0, 1025 * tce)).isZero();
            assertThat(p.opcodes().subList(before, p.opcodes().size())).containsOnly(Hcall.H_STUFF_TCE).hasSize(3);
            assertThat(p.windowTces.set(record, 0, 10 * tce + tce / 2)).isZero();
            assertThat(window.liveEntries(0, 1025)).isEqualTo(10);
            assertThat(p.windowTces.set(record, 20 * tce + tce / 2, tce)).isZero();
            assertThat(window.liveEntries(20, 2)).isEqualTo(1);
            assertThat(p.windowTces.clear(record, window.sizeBytes() - 512 * tce, 2000 * tce)).isEqualTo(Hcall.H_PARAMETER);
            assertThat(window.liveEntries(window.entries() - 512, 512)).isZero();
        });
        with(TestPartition.builder().options("iommu=pseries-direct,multi-tce=off,max-memory=1GiB").ram(1L << 30), device ->
                assertThat(p.hypervisor().window(LIOBN).liveEntries()).isEqualTo(512));
    }
}
