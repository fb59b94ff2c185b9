package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.device.HotplugEvent;
import io.dmalab.api.device.HotplugEvent.MemoryChanged;
import io.dmalab.api.device.HotplugNotifier;
import io.dmalab.api.device.HotplugNotifier.Answer;
import io.dmalab.api.device.NotifierChain;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.observe.FindingRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NotifierChainTest {
    private static final HotplugEvent EVENT = new MemoryChanged(MemoryChanged.Phase.ONLINE, 0, 1 << 28);

    private final Rig rig = new Rig();
    private final List<String> called = new ArrayList<>();
    private final NotifierChain chain = new BlockingNotifierChain(rig.kernel, "test_chain");
    private Answer answer;

    @AfterEach
    void close() {
        rig.close();
    }

    private HotplugNotifier link(String name, int priority, Answer answers) {
        return new HotplugNotifier() {
            @Override
            public Answer notify(HotplugEvent event) {
                called.add(name);
                return answers;
            }

            @Override
            public int priority() {
                return priority;
            }
        };
    }

    private void call() {
        rig.run(() -> answer = chain.call(EVENT));
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 5: priority high to low, equal ones in order of registration")
    void callsInOrder() {
        chain.register(link("a0", 0, Answer.OK));
        chain.register(link("b0", 0, Answer.OK));
        chain.register(link("c-1", -1, Answer.DONE));
        chain.register(link("d7", 7, Answer.OK));
        chain.register(link("e7", 7, Answer.OK));
        chain.register(link("f0", 0, Answer.OK));
        call();

        assertThat(called).containsExactly("d7", "e7", "a0", "b0", "f0", "c-1");
        assertThat(answer).as("the last answer given").isEqualTo(Answer.DONE);
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 5: the chain stops at the first STOP")
    void stopsAtStop() {
        chain.register(link("first", 2, Answer.OK));
        chain.register(link("stops", 1, Answer.STOP));
        chain.register(link("never", 0, Answer.OK));
        call();

        assertThat(called).containsExactly("first", "stops");
        assertThat(answer).isEqualTo(Answer.STOP);
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 5: the chain stops at the first BAD")
    void stopsAtBad() {
        chain.register(link("refuses", 1, Answer.BAD));
        chain.register(link("never", 0, Answer.OK));
        call();

        assertThat(called).containsExactly("refuses");
        assertThat(answer).isEqualTo(Answer.BAD);
    }

    @Test
    void anEmptyChainAnswersDone() {
        call();

        assertThat(answer).isEqualTo(Answer.DONE);
    }

    @Test
    void unregisteredLinksAreNotCalled() {
        HotplugNotifier gone = link("gone", 0, Answer.OK);
        chain.register(gone);
        chain.register(link("stays", 0, Answer.OK));
        rig.run(() -> {
            chain.unregister(gone);
            chain.unregister(gone);
            chain.call(EVENT);
        });

        assertThat(called).containsExactly("stays");
    }

    @Test
    void aSecondRegistrationIsWarnedAboutAndIgnored() {
        HotplugNotifier link = link("once", 0, Answer.OK);
        rig.run(() -> {
            chain.register(link);
            chain.register(link);
            chain.call(EVENT);
        });

        assertThat(called).containsExactly("once");
        assertThat(rig.log()).contains("notifier callback already registered");
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md 7: callbacks run under the chain's lock, may sleep, and a writer waits for them")
    void aCallbackMaySleepAndAWriterWaitsForIt() {
        chain.register(event -> {
            called.add("sleeps");
            rig.kernel.sched().msleep(50);
            called.add("slept");
            return Answer.OK;
        });
        rig.kernel.sched().spawn("modprobe", 1, () -> {
            rig.kernel.sched().msleep(10);
            called.add("registers");
            chain.register(link("late", 0, Answer.OK));
            called.add("registered");
        });
        call();

        assertThat(called).containsExactly("sleeps", "registers", "slept", "registered");
        assertThat(rig.kinds()).isEmpty();
    }

    @Test
    void registeringFromACallbackDeadlocksAndIsFound() {
        chain.register(event -> {
            chain.register(link("never", 0, Answer.OK));
            return Answer.OK;
        });
        call();

        assertThat(rig.kinds()).as("and it stays blocked").containsExactly(FindingKind.DEADLOCK, FindingKind.HUNG_TASK);
        assertThat(rig.findings(FindingKind.DEADLOCK).getFirst().subject()).contains("(test_chain).rwsem");
    }

    /**
     * <pre>
     *   drmgr                          modprobe
     *   down_read (chain)
     *                                  down_write (chain)   waits for drmgr
     *   down_read (chain)              // waits behind modprobe
     * </pre>
     */
    @Test
    @DisplayName("dlpar-and-notifiers.md 6, the property note: a call from a callback with a writer in between is a deadlock")
    void callingFromACallbackWithAWriterInBetween() {
        chain.register(event -> {
            rig.kernel.sched().msleep(20);
            chain.call(EVENT);
            return Answer.OK;
        });
        rig.kernel.sched().spawn("modprobe", 1, () -> {
            rig.kernel.sched().msleep(10);
            chain.register(link("late", 0, Answer.OK));
        });
        call();

        List<FindingRecord> deadlocks = rig.findings(FindingKind.DEADLOCK);
        assertThat(deadlocks).hasSize(1);
        assertThat(deadlocks.getFirst().detail()).contains("drmgr").contains("modprobe");
    }

    @Test
    void theCallTraceNamesTheChainsFunctions() {
        chain.register(event -> {
            rig.kernel.findings().report(FindingKind.BUG, "here", "stack wanted");
            return Answer.OK;
        });
        call();

        assertThat(rig.findings(FindingKind.BUG).getFirst().stacks().getFirst().functions())
                .startsWith("notifier_call_chain", "blocking_notifier_call_chain");
    }

    @Test
    void aRawChainCanBeCalledFromItsOwnCallbacks() {
        NotifierChain raw = new RawNotifierChain(rig.kernel, "netdev_chain");
        raw.register(event -> {
            called.add("outer");
            if (called.size() == 1) {
                raw.call(EVENT);
                raw.register(link("new", 0, Answer.OK));
            }
            return Answer.OK;
        });
        rig.run(() -> raw.call(EVENT));

        assertThat(called).containsExactly("outer", "outer");
        assertThat(rig.kinds()).isEmpty();
    }
}
