package io.dmalab.platform.pseries.dlpar;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import io.dmalab.core.scenario.Configured;
import io.dmalab.platform.pseries.TestPartition;
import io.dmalab.platform.pseries.pci.PciDn;
import io.dmalab.platform.pseries.policy.DrainOptions;
import io.dmalab.platform.pseries.policy.WaitForDrain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DlparTest {
    private static final Outcome REMOVED = new Outcome.Removed();
    private TestPartition p;
    /** Driver remove, node detaches, table frees and firmware calls that matter, in order. */
    private final List<String> story = new ArrayList<>();

    static FreePolicy seed() {
        return new WaitForDrain((DrainOptions) Configured.parse("wait-for-drain", "test").bind(Optional.of(DrainOptions.class), List.of()));
    }

    private void with(TestPartition.Builder builder, Consumer<Device> body) {
        try (TestPartition partition = builder.build()) {
            p = partition;
            partition.remove = device -> story.add("driver remove");
            partition.task(() -> {
                partition.boot();
                partition.kernel.deviceTree().reconfig().register(this::watch);
                body.accept(partition.start("eth4", 0));
            });
        }
    }

    private HotplugNotifier.Answer watch(HotplugEvent event) {
        if (event instanceof HotplugEvent.NodeDetached detached) {
            story.add("detached " + detached.node().name());
        } else if (event instanceof HotplugEvent.PropertyChanged change && !story.isEmpty()) {
            story.add("property " + change.property().name());
        }
        return HotplugNotifier.Answer.OK;
    }

    /** What happened in the trace, as a list of short words. */
    private List<String> trace(long from) {
        List<String> words = new ArrayList<>();
        p.events.stream().skip(from).forEach(e -> {
            String word = switch (e.type().name()) {
                case "powerpc:hcall_entry" -> "hcall";
                case "powerpc:rtas_input" -> e.values().get(0) + " " + e.values().get(1);
                case "dmalab:iommu_table_free" -> "table free";
                case "dmalab:drmgr_step" -> "step " + e.values().get(1);
                default -> "";
            };
            if (!word.isEmpty() && (words.isEmpty() || !words.getLast().equals(word))) {
                words.add(word);
            }
        });
        return words;
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 3 and invariants 1, 2 and 7: phb: driver remove, children detached before parents, each "
            + "once; detached before isolated")
    void phb() {
        with(TestPartition.builder(), device -> {
            long from = p.events.size();
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            assertThat(story).containsExactly("driver remove", "detached ethernet@0", "detached pci@800000020000018");
            assertThat(trace(from)).containsExactly("step power off", "step dt remove of the function", "get-sensor-state 9003 1075314688",
                    "set-indicator 9002 1075314688 0", "set-indicator 9001 1075314688 0", "set-power-level 4294967295 0", "step isolate",
                    "step remove_slot", "hcall", "ibm,remove-pe-dma-window 1879048214", "table free", "step dt remove",
                    "get-sensor-state 9003 536870936", "set-indicator 9001 536870936 0", "set-indicator 9003 536870936 0",
                    "get-sensor-state 9003 536870936", "step release");
            assertThat(p.log()).contains("pci 0018:01:00.0: Removing from iommu group 0", "rpadlpar_io: slot PHB 24 removed");
            assertThat(p.kernel.devices().all()).isEmpty();
            assertThat(p.windows.all()).isEmpty();
            assertThat(p.hypervisor().phb(0x800000020000018L)).isNull();
            assertThat(p.kernel.findingRecords()).isEmpty();
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 3 and invariant 7: slot: isolated before it is detached; firmware has taken the window by "
            + "then, and the kernel says so")
    void slot() {
        with(TestPartition.builder().options("drc-type=slot"), device -> {
            long from = p.events.size();
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            assertThat(story).containsExactly("driver remove", "detached ethernet@0", "detached pci@2");
            assertThat(trace(from)).containsSubsequence("step remove_slot", "set-indicator 9001 1342177304 0",
                    "set-indicator 9003 1342177304 0", "step release", "hcall", "ibm,remove-pe-dma-window 1879048214", "table free",
                    "step dt remove");
            assertThat(p.log()).containsSubsequence("rpadlpar_io: slot U78D5.ND1.CSS130B-P1-C1 removed",
                    "/pci@800000020000018/pci@2 failed to clear tces in window.",
                    "/pci@800000020000018/pci@2: failed to remove DMA window: rtas returned -3 to ibm,remove-pe-dma-window(2028) 70000016");
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 3 and invariant 7: pci: only the function goes, no allocation state changes; the bridge "
            + "keeps window and table, late unmaps are harmless")
    void pci() {
        with(TestPartition.builder().options("drc-type=pci"), device -> {
            long address = p.map(device);
            long from = p.events.size();
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            assertThat(story).containsExactly("driver remove", "detached ethernet@0");
            assertThat(trace(from)).containsExactly("set-indicator 9002 1075314688 1", "get-sensor-state 9003 1075314688", "step power off",
                    "step dt remove of the function", "get-sensor-state 9003 1075314688", "set-indicator 9001 1075314688 0",
                    "set-power-level 4294967295 0", "step isolate");
            device.get();
            assertThat(p.hypervisor().window(0x70000016).liveEntries()).isEqualTo(1);
            p.map(p.start("eth4", 0));
            assertThat(p.count(FindingKind.HCALL_ERROR)).isZero();
            assertThat(address).isNotZero();
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 6 and invariant 3, ddw.md 6 and 9: legacy: RTAS remove before table free; seed: table "
            + "free before RTAS remove; the list entry goes last")
    void order() {
        for (FreePolicy policy : List.of(new FreePolicy() {}, seed())) {
            with(TestPartition.builder().policy(policy), device -> {
                long from = p.events.size();
                p.remove(device);
                List<String> words = trace(from);
                int remove = words.indexOf("ibm,remove-pe-dma-window 1879048214");
                int free = words.indexOf("table free");
                assertThat(remove < free).isEqualTo(!(policy instanceof WaitForDrain));
            });
        }
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 4: clear hypercalls precede the RTAS removal, and the handler changes no property")
    void noPropertyFromTheHandler() {
        with(TestPartition.builder(), device -> {
            p.remove(device);
            assertThat(story).noneMatch(word -> word.startsWith("property"));
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 5: during the seed's wait the notifier makes no TCE call, and the window accepts unmaps")
    void quietWait() {
        with(TestPartition.builder().policy(seed()), device -> {
            long address = p.map(device);
            device.get();
            long[] calls = new long[2];
            p.after(500_000_000L, () -> calls[0] = p.opcodes().size());
            p.after(1_500_000_000L, () -> {
                calls[1] = p.opcodes().size();
                p.unmap(device, address);
            });
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            assertThat(calls[0]).isEqualTo(calls[1]);
            assertThat(p.count(FindingKind.HCALL_ERROR)).isZero();
            assertThat(p.count(FindingKind.USE_AFTER_FREE)).isZero();
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariants 2 and 6, real-world-reports.md C12: both tables wait in turn, at most 2 x (120 "
            + "s + one poll); drmgr sees success all the same")
    void bothTablesWait() {
        with(TestPartition.builder().policy(seed()).options("adapter=dedicated"), device -> {
            p.map(device);
            var ddw = TestPartition.table(device);
            TestPartition.archdata(device).tableBase(PciDn.of(device.node().parent().orElseThrow()).tableGroup().table(0));
            device.backend().map(device, 0, 4096, io.dmalab.api.dma.DmaDirection.TO_DEVICE);
            TestPartition.archdata(device).tableBase(ddw);
            long before = p.kernel.clock().now();
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            assertThat((p.kernel.clock().now() - before) / 1e9).isBetween(240.0, 240.2);
            assertThat(p.lines("TCEs still mapped even after 120 seconds")).isEqualTo(2);
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 8: at most 10 blocks in 5 s over all users of the limit, and the count of suppressed "
            + "ones adds up")
    void rateLimit() {
        with(TestPartition.builder(), device -> {
            List<Long> addresses = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                addresses.add(p.map(device));
            }
            device.get();
            p.remove(device);
            for (int i = 0; i < 39; i++) {
                p.unmap(device, addresses.get(i));
            }
            assertThat(p.lines("plpar_tce_stuff failed")).isEqualTo(10);
            p.kernel.sched().sleepNanos(5_100_000_000L);
            p.unmap(device, addresses.get(39));
            assertThat(p.log()).contains("tce_freemulti_pSeriesLP: 29 callbacks suppressed");
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 9: a second removal: remove_slot finds nothing, dt remove of an unknown index "
            + "succeeds doing nothing")
    void secondRemoval() {
        with(TestPartition.builder(), device -> {
            Slot slot = p.slots.of(device).orElseThrow();
            p.remove(device);
            int detached = story.size();
            assertThat(p.remove(device)).isEqualTo(new Outcome.Failed(19, "slot PHB 24 is empty"));
            assertThat(p.rpadlpar.removeSlotFile(slot.drcName())).isEqualTo(-19);
            assertThat(p.nodes.remove(slot.drcIndex())).isZero();
            assertThat(story).hasSize(detached);
        });
        with(TestPartition.builder().options("drc-type=slot"), device -> {
            Slot slot = p.slots.of(device).orElseThrow();
            p.slots.remove(slot);
            assertThat(p.rpadlpar.removeSlotFile(slot.drcName())).as("a slot without bus").isEqualTo(-22);
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 4: remove_slot of a bridge with devices on its bus is -EBUSY, of an unknown name -ENODEV")
    void removeSlot() {
        with(TestPartition.builder(), device -> {
            assertThat(p.rpadlpar.removeSlotFile("PHB 24")).isEqualTo(-16);
            assertThat(p.rpadlpar.removeSlotFile("PHB 99")).isEqualTo(-19);
            assertThat(p.lines("rpadlpar_io: slot PHB 99 removed")).isZero();
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 5, KernelProfile.dlparTakesDt: dt remove of a connector takes its whole subtree, children "
            + "first")
    void subtree() {
        for (KernelProfile profile : List.of(KernelProfile.V6_4, KernelProfile.V6_14)) {
            story.clear();
            with(TestPartition.builder().config(c -> c.withProfile(profile)), device -> {
                Slot slot = p.slots.of(device).orElseThrow();
                p.rpadlpar.powerOff(slot);
                assertThat(p.nodes.remove(slot.drcIndex())).isZero();
                assertThat(story).containsExactly("driver remove", "detached ethernet@0", "detached pci@800000020000018");
            });
        }
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 1, KernelProfile.dlparTakesDt: before 6.12 nodes go through ofdt, one by one")
    void ofdt() {
        with(TestPartition.builder().config(c -> c.withProfile(KernelProfile.V6_4)), device -> {
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            assertThat(story).containsExactly("driver remove", "detached ethernet@0", "detached pci@800000020000018");
        });
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 2: an isolation refused with -9001 is tried again 20 times a second apart, then drmgr gives up")
    void isolationRefused() {
        // the window is kept alive by a policy that forgets to remove it
        FreePolicy keep = new FreePolicy() {
            @Override
            public List<io.dmalab.api.policy.DetachStep> detachPlan() {
                return List.of();
            }
        };
        with(TestPartition.builder().policy(keep).options("isolate-refused-while-live=on"), device -> {
            p.map(device);
            long before = p.kernel.clock().now();
            assertThat(p.remove(device)).isEqualTo(new Outcome.Failed(17,
                    "Isolation failed for 20000018 with -9001: Valid outstanding translations exist."));
            assertThat((p.kernel.clock().now() - before) / 1e9).isBetween(20.0, 20.1);
            assertThat(p.rtasCalls().stream().filter(call -> call.equals("set-indicator 9001 536870936 0")).count()).isEqualTo(21);
        });
    }

    @Test
    @DisplayName("free-policies.md open doubts, dlpar-and-notifiers.md open doubts: firmware that isolates early leaves the seed "
            + "waiting for a window that is gone: -4, bits cleared, the wait ends")
    void earlyIsolation() {
        with(TestPartition.builder().policy(seed()).options("early-isolation=on"), device -> {
            long address = p.map(device);
            device.get();
            p.after(2_000_000_000L, () -> p.unmap(device, address));
            long before = p.kernel.clock().now();
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            assertThat((p.kernel.clock().now() - before) / 1e9).isBetween(2.0, 2.1);
            assertThat(p.count(FindingKind.HCALL_ERROR)).isEqualTo(1);
            assertThat(p.count(FindingKind.USE_AFTER_FREE)).isZero();
            assertThat(p.metric("dropped_tces")).isEqualTo(1);
        });
    }

    @Test
    @DisplayName("a policy may refuse the removal before anything has begun, and may be asked again")
    void refusal() {
        int[] asked = new int[1];
        FreePolicy policy = new FreePolicy() {
            @Override
            public Verdict beforeRemoval(Device device) {
                return asked[0]++ == 0 ? new Verdict.WaitFor("look again") : new Verdict.Refuse(16, "in use");
            }
        };
        with(TestPartition.builder().policy(policy), device -> {
            assertThat(p.remove(device)).isEqualTo(new Outcome.Failed(16, "in use"));
            assertThat(asked[0]).isEqualTo(2);
            assertThat(story).isEmpty();
            assertThat(p.kernel.devices().all()).hasSize(1);
        });
    }

    @Test
    @DisplayName("a slot that was emptied can be filled again: new nodes, a new window, the same numbers")
    void plugAgain() {
        for (String type : List.of("phb", "slot", "pci")) {
            with(TestPartition.builder().options("drc-type=" + type), device -> {
                DeviceNode old = device.node();
                assertThat(p.remove(device)).isEqualTo(REMOVED);
                Device again = p.start("eth4", 0);
                assertThat(again.node()).isNotSameAs(old);
                assertThat(TestPartition.table(again).index()).isEqualTo(0x70000016);
                long address = p.map(again);
                assertThat(p.dma().deviceAccess(again, address, 64, true)).isNotEqualTo(-1);
                p.unmap(again, address);
                assertThat(p.remove(again)).isEqualTo(REMOVED);
                assertThat(p.lines("Unexpected TCEs")).isZero();
                assertThat(p.lines("added")).isEqualTo(type.equals("pci") ? 0 : 1);
            });
        }
    }

    @Test
    @DisplayName("two devices: slots of their own, windows of their own, removed one after the other under drmgr's lock")
    void twoDevices() {
        with(TestPartition.builder(), device -> {
            Device other = p.start("eth5", 1);
            assertThat(other.name()).isEqualTo("0019:01:00.0");
            assertThat(TestPartition.table(other).index()).isEqualTo(0x70000026);
            Outcome[] outcomes = new Outcome[1];
            p.after(0, () -> outcomes[0] = p.remove(other));
            assertThat(p.remove(device)).isEqualTo(REMOVED);
            p.kernel.sched().sleepNanos(1_000_000_000L);
            assertThat(outcomes[0]).isEqualTo(REMOVED);
            assertThat(p.log()).containsSubsequence("rpadlpar_io: slot PHB 24 removed", "rpadlpar_io: slot PHB 25 removed");
            assertThat(p.kernel.findingRecords()).isEmpty();
        });
    }
}
