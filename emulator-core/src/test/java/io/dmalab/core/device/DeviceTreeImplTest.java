package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.NodeAttached;
import io.dmalab.api.device.HotplugEvent.NodeDetached;
import io.dmalab.api.device.HotplugEvent.PropertyChanged;
import io.dmalab.api.device.HotplugEvent.PropertyChanged.Change;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.device.Property;
import io.dmalab.api.kernel.FindingKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeviceTreeImplTest {
    private static final Property WINDOW = new Property("linux,dma64-ddr-window-info", 0x70000016, 0x08000000, 0, 16, 30);

    private final Rig rig = new Rig();
    private final List<HotplugEvent> seen = new ArrayList<>();
    private DeviceNode phb;
    private DeviceNode slot;

    @BeforeEach
    void build() {
        rig.tree.reconfig().register(event -> {
            seen.add(event);
            return Answer.OK;
        });
        phb = rig.tree.create(rig.tree.root(), "pci@800000020000018", new Property("ibm,my-drc-index", 0x20000018));
        slot = rig.tree.create(phb, "ethernet@0", WINDOW);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void bootNodesAreThereWithoutNotification() {
        assertThat(slot.path()).isEqualTo("/pci@800000020000018/ethernet@0");
        assertThat(rig.tree.find("/pci@800000020000018/ethernet@0")).contains(slot);
        assertThat(rig.tree.find("/")).contains(rig.tree.root());
        assertThat(rig.tree.find("/pci@800000020000018/none")).isEmpty();
        assertThat(slot.parent()).contains(phb);
        assertThat(phb.children()).containsExactly(slot);
        assertThat(slot.attached()).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    void aNameIsUniqueAmongItsSiblings() {
        assertThatThrownBy(() -> rig.tree.create(phb, "ethernet@0")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ethernet@0");
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 5: at the notification the node is gone from the tree and its properties are readable")
    void detachUnlinksFirst() {
        List<Object> state = new ArrayList<>();
        rig.tree.reconfig().register(event -> {
            state.add(slot.attached());
            state.add(rig.tree.find(slot.path()).isPresent());
            state.add(slot.property(WINDOW.name()).orElseThrow().cell(0));
            return Answer.OK;
        });
        rig.run(() -> rig.tree.detach(slot));

        assertThat(state).containsExactly(false, false, 0x70000016);
        assertThat(phb.children()).isEmpty();
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 5 and 7: of_mutex is dropped before the chain is called")
    void theMutexIsFreeDuringTheChain() {
        rig.tree.reconfig().register(event -> {
            if (event instanceof NodeDetached detached && detached.node() == slot) {
                rig.tree.addProperty(slot, new Property("linux,seen", 1));
            }
            return Answer.OK;
        });
        rig.run(() -> rig.tree.detach(slot));

        assertThat(slot.property("linux,seen")).isPresent();
        assertThat(rig.kinds()).isEmpty();
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 2: exactly one DETACH notification per node")
    void oneNotificationPerDetach() {
        rig.run(() -> {
            rig.tree.detach(slot);
            rig.tree.detach(slot);
            rig.tree.detach(phb);
        });

        assertThat(seen).containsExactly(new NodeDetached(slot), new NodeDetached(phb));
        assertThat(rig.log()).anyMatch(line -> line.matches("WARNING: CPU: 0 PID: 1001 at __of_detach_node.*"));
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 2: a notifier cannot veto a detach")
    void badDoesNotVeto() {
        rig.tree.reconfig().register(event -> Answer.BAD);
        rig.run(() -> rig.tree.detach(slot));

        assertThat(slot.attached()).isFalse();
        assertThat(rig.events.stream().filter(e -> e.type() == DeviceEvents.OF_RECONFIG_DONE).toList())
                .singleElement().satisfies(e -> assertThat(e.values()).containsExactly("DETACH_NODE", slot.path(), "bad"));
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 1: children detached before parents are notified in that order")
    void depthFirst() {
        rig.run(() -> {
            rig.tree.detach(slot);
            rig.tree.detach(phb);
        });

        assertThat(seen).containsExactly(new NodeDetached(slot), new NodeDetached(phb));
    }

    @Test
    void aNodeCanComeBack() {
        rig.run(() -> {
            rig.tree.detach(slot);
            rig.tree.attach(slot);
        });

        assertThat(seen).containsExactly(new NodeDetached(slot), new NodeAttached(slot));
        assertThat(rig.tree.find(slot.path())).contains(slot);
    }

    @Test
    void propertyNotificationsFollowTheChange() {
        List<Boolean> there = new ArrayList<>();
        rig.tree.reconfig().register(event -> {
            there.add(slot.property("linux,test").isPresent());
            return Answer.OK;
        });
        Property one = new Property("linux,test", 1);
        Property two = new Property("linux,test", 2);
        rig.run(() -> {
            rig.tree.addProperty(slot, one);
            rig.tree.addProperty(slot, two);
            assertThat(rig.tree.removeProperty(slot, "linux,test")).isTrue();
            assertThat(rig.tree.removeProperty(slot, "linux,test")).isFalse();
        });

        assertThat(seen).containsExactly(new PropertyChanged(slot, Change.ADD, one), new PropertyChanged(slot, Change.UPDATE, two),
                new PropertyChanged(slot, Change.REMOVE, two));
        assertThat(there).containsExactly(true, true, false);
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 4: removing a property of a detached node sends no notification")
    void detachedNodesAreSilent() {
        rig.tree.reconfig().register(event -> {
            if (event instanceof NodeDetached) {
                rig.tree.removeProperty(slot, WINDOW.name());
            }
            return Answer.OK;
        });
        rig.run(() -> rig.tree.detach(slot));

        assertThat(seen).containsExactly(new NodeDetached(slot));
        assertThat(slot.property(WINDOW.name())).isEmpty();
        assertThat(rig.kinds()).isEmpty();
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 6, the property note: removing a property of an attached node inside a callback can deadlock")
    void attachedNodesInsideACallback() {
        rig.tree.reconfig().register(event -> {
            if (event instanceof NodeDetached) {
                rig.kernel.sched().msleep(20);
                rig.tree.removeProperty(phb, "ibm,my-drc-index");
            }
            return Answer.OK;
        });
        rig.kernel.sched().spawn("modprobe", 1, () -> {
            rig.kernel.sched().msleep(10);
            rig.tree.reconfig().register(event -> Answer.DONE);
        });
        rig.run(() -> rig.tree.detach(slot));

        assertThat(rig.findings(FindingKind.DEADLOCK)).hasSize(1);
    }

    @Test
    void theCallTraceIsThatOfTheKernel() {
        rig.tree.reconfig().register(event -> {
            rig.kernel.findings().report(FindingKind.BUG, "here", "stack wanted");
            return Answer.OK;
        });
        rig.run(() -> rig.tree.detach(slot));

        assertThat(rig.findings(FindingKind.BUG).getFirst().stacks().getFirst().functions()).startsWith(
                "notifier_call_chain", "blocking_notifier_call_chain", "of_reconfig_notify", "of_detach_node");
    }
}
