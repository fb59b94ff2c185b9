package io.dmalab.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceNode;
import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.NotifierChain;
import io.dmalab.api.device.Property;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.testkit.kit.world.Bench;
import io.dmalab.testkit.kit.world.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Compatibility kit of {@link HotplugNotifier}: every event of every chain, and a machine in whose chains it is a link. */
public abstract class HotplugNotifierKit extends MachineKit<HotplugNotifier> {
    private static final long SECTION = 1L << 28;

    /** @param id of the notifier */
    protected HotplugNotifierKit(String id) {
        super(HotplugNotifier.class, id);
    }

    @Override
    final Scene withExtension() {
        return scene().withNotifiers(configured());
    }

    @Override
    final Optional<String> place() {
        return Optional.of("notifiers[0]");
    }

    private static List<HotplugEvent> events(Bench bench) {
        Device device = bench.device();
        DeviceNode node = device.node();
        List<HotplugEvent> events = new ArrayList<>(List.of(new HotplugEvent.NodeAttached(node), new HotplugEvent.NodeDetached(node)));
        for (HotplugEvent.PropertyChanged.Change change : HotplugEvent.PropertyChanged.Change.values()) {
            events.add(new HotplugEvent.PropertyChanged(node, change, new Property("status", 1)));
        }
        for (HotplugEvent.MemoryChanged.Phase phase : HotplugEvent.MemoryChanged.Phase.values()) {
            events.add(new HotplugEvent.MemoryChanged(phase, SECTION, SECTION));
        }
        for (HotplugEvent.DeviceChanged.Phase phase : HotplugEvent.DeviceChanged.Phase.values()) {
            events.add(new HotplugEvent.DeviceChanged(phase, device));
        }
        for (HotplugEvent.NetdevChanged.Phase phase : HotplugEvent.NetdevChanged.Phase.values()) {
            events.add(new HotplugEvent.NetdevChanged(phase, device, Scene.DEVICE));
        }
        return events;
    }

    private static NotifierChain chain(Bench bench, HotplugEvent event) {
        return switch (event) {
            case HotplugEvent.MemoryChanged memory -> bench.kernel().devices().memoryChain();
            case HotplugEvent.DeviceChanged device -> bench.kernel().devices().busChain();
            case HotplugEvent.NetdevChanged netdev -> bench.kernel().devices().netdevChain();
            case HotplugEvent.NodeAttached attached -> bench.kernel().deviceTree().reconfig();
            case HotplugEvent.NodeDetached detached -> bench.kernel().deviceTree().reconfig();
            case HotplugEvent.PropertyChanged changed -> bench.kernel().deviceTree().reconfig();
        };
    }

    /** Tells a notifier of its own of every kind of event. */
    private RunResult told(BiConsumer<Bench, HotplugNotifier.Answer> question) {
        return script(bench -> {
            HotplugNotifier notifier = bench.components().create(HotplugNotifier.class, id());
            events(bench).forEach(event -> question.accept(bench, notifier.notify(event)));
        });
    }

    @Check(rule = "every event gets an answer", stated = "HotplugNotifier.notify, Answer")
    void everyEventIsAnswered() {
        told((bench, answer) -> assertThat(answer).isNotNull());
    }

    @Check(rule = "notices that are only told are not refused", stated = "HotplugNotifier, Answer.BAD")
    void whatIsToldIsNotRefused() {
        script(bench -> {
            HotplugNotifier notifier = bench.components().create(HotplugNotifier.class, id());
            events(bench).stream().filter(event -> !mayRefuse(event)).forEach(event ->
                    assertThat(notifier.notify(event)).as("answer to %s", event).isNotEqualTo(HotplugNotifier.Answer.BAD));
        });
    }

    /** Memory that is about to come or go, and nodes and properties before they are attached, can be refused. */
    private static boolean mayRefuse(HotplugEvent event) {
        return event instanceof HotplugEvent.MemoryChanged memory && (memory.phase() == HotplugEvent.MemoryChanged.Phase.GOING_ONLINE
                || memory.phase() == HotplugEvent.MemoryChanged.Phase.GOING_OFFLINE)
                || event instanceof HotplugEvent.NodeAttached || event instanceof HotplugEvent.PropertyChanged
                || event instanceof HotplugEvent.NetdevChanged netdev && (netdev.phase() == HotplugEvent.NetdevChanged.Phase.REGISTER
                || netdev.phase() == HotplugEvent.NetdevChanged.Phase.UP);
    }

    @Check(rule = "its priority is always the same", stated = "HotplugNotifier.priority")
    void thePriorityStays() {
        script(bench -> {
            HotplugNotifier notifier = bench.components().create(HotplugNotifier.class, id());
            int before = notifier.priority();
            events(bench).forEach(notifier::notify);
            assertThat(notifier.priority()).isEqualTo(before);
        });
    }

    @Check(rule = "locks that it takes it gives back", stated = "SpinLock, Mutex")
    void locksAreBalanced() {
        told((bench, answer) -> assertThat(bench.kernel().sched().inAtomic()).as("a lock is still held").isFalse());
    }

    @Check(rule = "it does not register or unregister on the chain that calls it", stated = "HotplugNotifier")
    void doesNotTouchItsChain() {
        RunResult result = script(bench -> events(bench).forEach(event -> chain(bench, event).call(event)));
        assertThat(result.findings()).as(result::toString).extracting(f -> f.kind()).doesNotContain(FindingKind.DEADLOCK,
                FindingKind.HUNG_TASK);
    }

    @Check(rule = "events for the same device again are taken as they come", stated = "HotplugNotifier.notify")
    void eventsMayComeAgain() {
        script(bench -> {
            HotplugNotifier notifier = bench.components().create(HotplugNotifier.class, id());
            for (int i = 0; i < 3; i++) {
                events(bench).forEach(notifier::notify);
            }
        });
    }

    @Check(rule = "an event about a device that is gone is taken", stated = "HotplugNotifier.notify")
    void aDeviceMayBeGone() {
        script(bench -> {
            HotplugNotifier notifier = bench.components().create(HotplugNotifier.class, id());
            List<HotplugEvent> events = events(bench);
            bench.remove(bench.device());
            events.forEach(notifier::notify);
        });
    }

    @Check(rule = "two of it in one machine get on with each other", stated = "HotplugNotifier")
    void twoGetOn() {
        RunResult result = emulator().run(request(scene().withNotifiers(configured(), configured())));
        assertThat(result.removals()).extracting(Removal::outcome).containsOnly(Removal.REMOVED);
    }

    @Check(rule = "a device can be removed, put back and removed again", stated = "HotplugNotifier, Answer.BAD: detach cannot be refused")
    void removalsGoThrough() {
        assertThat(run().removals()).hasSize(2).extracting(Removal::outcome).containsOnly(Removal.REMOVED);
    }

    @Check(rule = "the removal ends as it does without the notifier", stated = "HotplugNotifier")
    void theRemovalEndsAsWithout() {
        RunResult without = emulator().run(request(scene()));
        assertThat(run().removals()).extracting(Removal::outcome).isEqualTo(without.removals().stream().map(Removal::outcome).toList());
    }

    @Check(rule = "the same packets arrive as without it", stated = "docs/determinism.md, Randomness")
    void theHistoryIsTheSame() {
        long removal = run().removals().getFirst().startNanos();
        List<Object> with = Arrivals.of(emulator(), request(), removal);
        List<Object> without = Arrivals.of(emulator(), request(scene()), removal);
        assertThat(Arrivals.common(with, without)).as("packets before the removal").isNotEmpty().isEqualTo(Arrivals.common(without, with));
    }
}
