package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Common random numbers: what {@code compare} pairs has the same past, whatever the policy. */
class CommonHistoryIT {
    private static final Emulator EMULATOR = Emulator.load();
    private static final String LEGACY = "legacy";

    /** Scenarios in which something is removed: without that there is no past to be the same. */
    static Stream<String> scenarios() {
        return EMULATOR.scenarios().stream().map(scenario -> scenario.id())
                .filter(id -> !EMULATOR.run(EMULATOR.request(id).withPolicy(LEGACY).withoutLog()).removals().isEmpty());
    }

    /** Packets in the order in which the stack received them: on which CPU, from which device, how long. */
    private static final class Received implements Observer {
        private final List<String> packets = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();

        @Override
        public boolean wantsEvents() {
            return true;
        }

        @Override
        public void event(TraceRecord event) {
            if (event.type().name().equals("net:netif_receive_skb")) {
                packets.add(event.cpu() + " " + event.values().getFirst() + " " + event.values().getLast());
                times.add(event.timeNanos());
            }
        }

        /** Not when a CPU got round to each: that may depend on what a policy costs there. */
        List<String> until(long nanos) {
            return packets.subList(0, (int) times.stream().filter(time -> time < nanos).count());
        }
    }

    private record Past(List<String> received, long history, long start) {}

    private static Past past(String scenario, String policy, long seed) {
        Received received = new Received();
        RunRequest request = EMULATOR.request(scenario).withPolicy(policy).withSeed(seed).withoutLog();
        RunResult result = EMULATOR.run(request.withObservers(List.of(received)));
        Removal first = result.removals().getFirst();
        return new Past(received.until(first.startNanos()), first.history(), first.startNanos());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    @DisplayName("up to the removal every policy sees the same packets in the same order, and the same draws of holders and hold times")
    void samePast(String scenario) {
        Past legacy = past(scenario, LEGACY, 1);
        boolean traffic = EMULATOR.request(scenario).scenario().devices().stream().anyMatch(device -> device.traffic().isPresent());
        assertThat(legacy.received().isEmpty()).as("packets to compare").isEqualTo(!traffic);
        assertThat(past(scenario, LEGACY, 2).history()).as("another seed").isNotEqualTo(legacy.history());
        EMULATOR.extensions(FreePolicy.class).stream().map(policy -> policy.id()).filter(id -> !id.equals(LEGACY))
                .forEach(policy -> assertThat(past(scenario, policy, 1)).as(policy).isEqualTo(legacy));
    }
}
