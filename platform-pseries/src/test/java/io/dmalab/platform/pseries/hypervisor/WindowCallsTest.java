package io.dmalab.platform.pseries.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.platform.pseries.hypervisor.DdwRules.LiobnReuse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The four window calls and the connectors; facts/ddw.md section 2 and dlpar-and-notifiers.md section 2. */
class WindowCallsTest {
    private Hypervisor hypervisor;

    private Phb bridge(HypervisorProfile profile, boolean sriov) {
        hypervisor = new Hypervisor(profile, PartitionMemory.unlimited());
        return hypervisor.addPhb(sriov ? PhbConfig.sriov(profile, 1) : PhbConfig.of(profile, 1));
    }

    private int[] call(RtasCall call, int outputs, int... args) {
        int[] rets = new int[outputs];
        java.util.Arrays.fill(rets, 0xeeeeeeee);
        hypervisor.rtas(call, args, rets);
        return rets;
    }

    private int[] query(Phb phb, int outputs) {
        return call(RtasCall.QUERY_PE_DMA_WINDOW, outputs, 0x10000, high(phb), low(phb));
    }

    private int[] create(Phb phb, int pageShift, int windowShift) {
        return call(RtasCall.CREATE_PE_DMA_WINDOW, 4, 0x10000, high(phb), low(phb), pageShift, windowShift);
    }

    private int remove(long liobn) {
        return call(RtasCall.REMOVE_PE_DMA_WINDOW, 1, (int) liobn)[0];
    }

    private int indicator(int indicator, int drc, int value) {
        return call(RtasCall.SET_INDICATOR, 1, indicator, drc, value)[0];
    }

    private static int high(Phb phb) {
        return (int) (phb.config().buid() >>> 32);
    }

    private static int low(Phb phb) {
        return (int) phb.config().buid();
    }

    @Test
    @DisplayName("ddw.md 2: query in its 5- and 6-word forms; the block is a count of entries")
    void query() {
        Phb phb = bridge(HypervisorProfile.QEMU, false);
        assertThat(query(phb, 5)).containsExactly(0, 1, 0x8000_0000, 0x107, 0);
        assertThat(query(phb, 6)).containsExactly(0, 1, 0x20, 0, 0x107, 0);
        Phb narrow = bridge(HypervisorProfile.QEMU.withDdw(d -> d.sixOutputQuery(false)), false);
        assertThat(query(narrow, 6)[0]).isEqualTo(RtasStatus.PARAM_ERROR);
        assertThat(call(RtasCall.QUERY_PE_DMA_WINDOW, 5, 0, 0, 99)).containsExactly(-3, 0xeeeeeeee, 0xeeeeeeee, 0xeeeeeeee, 0xeeeeeeee);
    }

    @Test
    @DisplayName("ddw.md 2: an SR-IOV port has room for one window, which the default one takes")
    void oneWindow() {
        Phb phb = bridge(HypervisorProfile.PHYP, true);
        assertThat(query(phb, 6)[1]).isZero();
        assertThat(create(phb, 16, 39)[0]).isEqualTo(RtasStatus.HW_ERROR);
        assertThat(remove(0x70000014)).isZero();
        assertThat(query(phb, 6)[1]).isEqualTo(1);
        assertThat(create(phb, 16, 39)).containsExactly(0, 0x70000016, 0x08000000, 0);
    }

    @Test
    @DisplayName("ddw.md invariant 8: removing the last created window brings the default one back; removing the default one as the "
            + "last leaves none")
    void lastWindow() {
        Phb phb = bridge(HypervisorProfile.PHYP, true);
        remove(0x70000014);
        assertThat(phb.windows()).isEmpty();
        create(phb, 16, 39);
        remove(0x70000016);
        assertThat(phb.windows()).singleElement().satisfies(w -> assertThat(w.liobn()).isEqualTo(0x70000014));
    }

    @Test
    @DisplayName("ddw.md 2: create refuses page sizes and windows that are not offered, and answers busy as long as it is told to")
    void create() {
        Phb phb = bridge(HypervisorProfile.PHYP, false);
        assertThat(create(phb, 17, 30)[0]).isEqualTo(RtasStatus.PARAM_ERROR);
        assertThat(create(phb, 16, 15)[0]).isEqualTo(RtasStatus.PARAM_ERROR);
        assertThat(create(phb, 12, 60)[0]).isEqualTo(RtasStatus.HW_ERROR);
        hypervisor.setCreateFaults(CreateFaultPolicy.busy(2, RtasStatus.EXTENDED_DELAY_MIN));
        assertThat(create(phb, 16, 39)[0]).isEqualTo(9900);
        assertThat(create(phb, 16, 39)[0]).isEqualTo(9900);
        assertThat(create(phb, 16, 39)[0]).isZero();
        hypervisor.setCreateFaults(CreateFaultPolicy.NONE);
        assertThat(create(phb, 16, 39)[0]).isEqualTo(RtasStatus.HW_ERROR);
    }

    @Test
    @DisplayName("ddw.md 2: reset brings the default window back, in limited address mode the next one starts at 4 GiB")
    void reset() {
        Phb phb = bridge(HypervisorProfile.PHYP, false);
        create(phb, 16, 39);
        assertThat(call(RtasCall.RESET_PE_DMA_WINDOW, 1, 0x10000, high(phb), low(phb), 1)[0]).isZero();
        assertThat(phb.windows()).hasSize(1);
        assertThat(phb.isLimitedMode()).isTrue();
        assertThat(create(phb, 16, 39)).containsExactly(0, 0x70000016, 1, 0);
        assertThat(call(RtasCall.RESET_PE_DMA_WINDOW, 1, 0x10000, high(phb), low(phb))[0]).isZero();
        assertThat(phb.isLimitedMode()).isFalse();
    }

    @Test
    @DisplayName("ddw.md 2: without ibm,ddw-applicable every window call is a parameter error")
    void notOffered() {
        hypervisor = new Hypervisor(HypervisorProfile.PHYP, PartitionMemory.unlimited());
        Phb phb = hypervisor.addPhb(PhbConfig.of(HypervisorProfile.PHYP, 1).withDdwOffered(false));
        assertThat(query(phb, 5)[0]).isEqualTo(-3);
        assertThat(create(phb, 16, 39)[0]).isEqualTo(-3);
        assertThat(remove(phb.windows().getFirst().liobn())).isEqualTo(-3);
        assertThat(call(RtasCall.RESET_PE_DMA_WINDOW, 1, 0, high(phb), low(phb))[0]).isEqualTo(-3);
    }

    @Test
    @DisplayName("tce-hcalls.md open doubts: which number a window gets is a choice: the slot's own, anybody's, or never the same twice")
    void numbering() {
        for (LiobnReuse reuse : List.of(LiobnReuse.SAME_PE, LiobnReuse.ANY_PE, LiobnReuse.NEVER)) {
            Phb first = bridge(HypervisorProfile.PHYP.withDdw(d -> d.liobnReuse(reuse)), false);
            Phb second = hypervisor.addPhb(PhbConfig.of(hypervisor.profile(), 2));
            long one = Integer.toUnsignedLong(create(first, 16, 39)[1]);
            remove(one);
            long two = Integer.toUnsignedLong(create(second, 16, 39)[1]);
            assertThat(two == one).as("%s", reuse).isEqualTo(reuse == LiobnReuse.ANY_PE);
            long three = Integer.toUnsignedLong(create(first, 16, 39)[1]);
            assertThat(three == one).as("%s", reuse).isEqualTo(reuse == LiobnReuse.SAME_PE);
            assertThat(hypervisor.window(two).owner()).isSameAs(second);
            assertThat(hypervisor.window(three).owner()).isSameAs(first);
        }
    }

    @Test
    @DisplayName("ddw.md invariant 10: isolating the connector removes created windows and restores the default one; unusable closes all")
    void isolate() {
        Phb phb = bridge(HypervisorProfile.PHYP, false);
        int drc = Connector.Type.PHB.index(1);
        hypervisor.connectors().add(drc, Connector.Type.PHB, phb.config().buid());
        hypervisor.connectors().attachCold(drc, () -> new ConnectorNode("pci", List.of(), List.of()));
        create(phb, 16, 39);
        assertThat(indicator(9001, drc, 0)).isZero();
        assertThat(phb.windows()).singleElement().satisfies(w -> assertThat(w.isDefaultWindow()).isTrue());
        assertThat(indicator(9003, drc, 0)).isZero();
        assertThat(phb.windows()).isEmpty();
        assertThat(indicator(9001, 0x1234, 0)).isEqualTo(-3);
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 2: isolating answers -9001 while entries are valid, if told to, and changes nothing; -9000 "
            + "while a child is not isolated")
    void isolateRefused() {
        Phb phb = bridge(HypervisorProfile.PHYP.withDrc(d -> d.withIsolateRefusedWhileLive(true)), false);
        int drc = Connector.Type.PHB.index(1);
        int child = Connector.Type.PCI.index(1 << 16);
        hypervisor.connectors().add(drc, Connector.Type.PHB, phb.config().buid());
        hypervisor.connectors().attachCold(drc, () -> new ConnectorNode("pci", List.of(), List.of()));
        hypervisor.connectors().add(child, Connector.Type.PCI, phb.config().buid());
        hypervisor.connectors().attachCold(child, () -> new ConnectorNode("ethernet", List.of(), List.of()));
        assertThat(indicator(9001, drc, 0)).isEqualTo(RtasStatus.MULTI_LEVEL_ISOLATION);
        assertThat(indicator(9001, child, 0)).isZero();
        hypervisor.tce().hPutTce(phb.windows().getFirst().liobn(), 0x1000, 0x10003);
        assertThat(indicator(9001, drc, 0)).isEqualTo(RtasStatus.VALID_TRANSLATION);
        assertThat(phb.liveEntries()).isEqualTo(1);
        hypervisor.tce().hPutTce(phb.windows().getFirst().liobn(), 0x1000, 0);
        assertThat(indicator(9001, drc, 0)).isZero();
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 2: what Linux makes of statuses")
    void statuses() {
        assertThat(Stream.of(-1, -3, -9000, -9001, -9002, -5).map(RtasStatus::toErrno)).containsExactly(-5, -22, -14, -17, -19, -34);
        assertThat(Stream.of(-2, 9900, 9902, 9905).map(RtasStatus::busyDelayMs)).containsExactly(0, 1, 100, 1000);
        assertThat(List.of(Hcall.name(-4), Hcall.name(-57), Hcall.name(9901), Hcall.name(-46), Hcall.opcodeName(0x138)))
                .containsExactly("H_PARAMETER", "H_P4", "H_LONG_BUSY_ORDER_10_MSEC", "H_RESCINDED", "H_STUFF_TCE");
    }

    @Test
    @DisplayName("a profile lists its properties by name and is changed by copies only")
    void profiles() {
        HypervisorProfile changed = HypervisorProfile.PHYP.withTce(t -> t.zeroCountCode(-4)).withName("mine");
        assertThat(HypervisorProfile.PHYP.properties()).containsEntry("tce.zeroCountCode", 0L)
                .containsKeys("ddw.largestBlock", "drc.multiLevelChecked");
        assertThat(changed.properties()).containsEntry("tce.zeroCountCode", -4L);
        assertThat(changed.name()).isEqualTo("mine");
    }
}
