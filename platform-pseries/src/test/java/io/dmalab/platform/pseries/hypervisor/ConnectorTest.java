package io.dmalab.platform.pseries.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.platform.pseries.hypervisor.Connector.Type;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode.Property;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What {@code ibm,configure-connector} hands out of devices that only a recording's answers describe. */
class ConnectorTest {
    private static final long BUID = PhbConfig.of(HypervisorProfile.QEMU, 1).buid();
    private static final Step UP = new Step(RtasStatus.CC_PREVIOUS_PARENT, "", 0);
    private static final Step COMPLETE = new Step(RtasStatus.CC_COMPLETE, "", 0);

    private DrcConnectors connectors;
    private Connector phb;

    private static Step child(String name) {
        return new Step(RtasStatus.CC_NEXT_CHILD, name, 0);
    }

    private static Step property(String name, int length) {
        return new Step(RtasStatus.CC_NEXT_PROPERTY, name, length);
    }

    /** A host bridge with two functions on its bus, and one behind whatever the first is. */
    @BeforeEach
    void machine() {
        Hypervisor hypervisor = new Hypervisor(HypervisorProfile.QEMU, null);
        connectors = hypervisor.connectors();
        QemuMachine.addConnectors(hypervisor, HypervisorProfile.QEMU, 1L << 30, 0);
        connectors.addPciBus(1, BUID);
        for (int devfn : new int[] {0x10, 0x18, 0x100}) {
            int index = Type.PCI.index(1 << 16 | devfn);
            if (connectors.find(index) == null) {
                connectors.add(index, Type.PCI, BUID);
            }
            connectors.attach(index, () -> QemuMachine.anyPciNode(devfn & 0xff));
        }
        phb = connectors.find(Type.PHB.index(1));
        phb.attach(() -> new ConnectorNode("pci@" + Long.toHexString(BUID), List.of(new Property("ranges", 84)), connectors.childNodes(BUID)));
    }

    private static List<Step> function(String name, int reg) {
        return List.of(child(name), property("reg", reg), property("ibm,my-drc-index", 4), property("ibm,loc-code", 25), property("devsel-speed", 4),
                property("cache-line-size", 4), property("class-code", 4), property("revision-id", 4), property("device-id", 4),
                property("vendor-id", 4), UP);
    }

    private static List<Step> walk(String first, List<Step> inFirst) {
        List<Step> steps = new ArrayList<>(List.of(child("pci@" + Long.toHexString(BUID)), property("ranges", 84), child(first)));
        steps.addAll(inFirst);
        steps.addAll(function("ethernet@3", 100));
        steps.add(COMPLETE);
        return steps;
    }

    /** What comes of a walk whose recorded answers are these. */
    private List<Step> answers(List<Step> recorded) {
        phb.restartDescription();
        List<Step> given = new ArrayList<>();
        for (Step step : recorded) {
            phb.settle(step);
            given.add(phb.nextStep());
        }
        return given;
    }

    private static List<Step> bridge() {
        List<Step> in = new ArrayList<>(List.of(property("reg", 20), property("ranges", 60), property("slot-names", 7)));
        in.addAll(function("scsi@1", 60));
        in.addAll(List.of(child("pci@2"), property("bus-range", 8)));
        in.addAll(function("nvme@0", 40));
        in.addAll(List.of(UP, UP));
        return in;
    }

    @Test
    @DisplayName("a bridge below a host bridge is what its first walk shows, with all that is behind it; its neighbours are what functions can be")
    void aBridgeBelowAHostBridge() {
        List<Step> recorded = walk("pci@2", bridge());
        assertThat(answers(recorded)).isEqualTo(recorded);
        List<Step> other = walk("pci@2", bridge());
        other.set(other.indexOf(child("scsi@1")), child("ethernet@1"));
        assertThat(answers(other)).as("it stays what it was").isEqualTo(recorded);
    }

    @Test
    void itsNeighbourMustStillBeAFunction() {
        List<Step> recorded = walk("pci@2", bridge());
        int wrong = recorded.lastIndexOf(property("reg", 100));
        recorded.set(wrong, property("reg", 101));
        List<Step> given = answers(recorded);
        assertThat(given.subList(0, wrong)).isEqualTo(recorded.subList(0, wrong));
        assertThat(given.get(wrong)).isNotEqualTo(recorded.get(wrong));
    }

    @Test
    void itsEndIsSeen() {
        List<Step> in = bridge();
        in.removeLast();
        List<Step> recorded = walk("pci@2", in);
        assertThat(answers(recorded)).isNotEqualTo(recorded);
    }

    @Test
    void aWalkThatIsBrokenOffGoesOnInTheNext() {
        List<Step> recorded = walk("pci@2", bridge());
        for (int length = 1; length < recorded.size(); length++) {
            machine();
            assertThat(answers(recorded.subList(0, length))).isEqualTo(recorded.subList(0, length));
            assertThat(answers(recorded)).as("broken off after %d answers", length).isEqualTo(recorded);
        }
    }

    @Test
    @DisplayName("a bridge in a slot is taken as a whole, as is a function's fragment from its first walk")
    void aBridgeInASlot() {
        Connector slot = connectors.find(Type.PCI.index(1 << 16 | 0x10));
        List<Step> recorded = new ArrayList<>(List.of(child("pci@2")));
        recorded.addAll(bridge());
        recorded.set(recorded.size() - 1, COMPLETE);
        List<Step> given = new ArrayList<>();
        for (Step step : recorded) {
            slot.settle(step);
            given.add(slot.nextStep());
        }
        assertThat(given).isEqualTo(recorded);
    }
}
