package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.EventLog;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Common random numbers: what {@code compare} pairs has the same past, whatever the policy. */
class CommonHistoryIT {
    private static final Emulator EMULATOR = Emulator.load();

    static Stream<String> scenarios() {
        return EMULATOR.scenarios().stream().map(scenario -> scenario.id());
    }

    private record Past(List<String> received, long history, long start) {}

    private static Past past(String scenario, String policy, long seed) {
        EventLog log = new EventLog();
        RunRequest request = EMULATOR.request(scenario).withPolicy(policy).withSeed(seed).withoutLog();
        RunResult result = EMULATOR.run(request.withObservers(List.of(log)));
        long start = result.removals().isEmpty() ? result.virtualNanos() : result.removals().getFirst().startNanos();
        List<String> received = log.named("net:netif_receive_skb").stream().filter(event -> event.timeNanos() < start)
                .map(CommonHistoryIT::packet).toList();
        return new Past(received, result.removals().stream().map(Removal::history).findFirst().orElse(0L), start);
    }

    /** Where a packet arrived and how long it is; not when its interrupt got round to it, which may depend on what a policy costs. */
    private static String packet(TraceRecord event) {
        return event.cpu() + " " + event.values().getFirst() + " " + event.values().getLast();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    @DisplayName("on one seed every policy sees the same packets in the same order, and the same draws of holders and hold times, up to the removal")
    void samePast(String scenario) {
        LongStream.rangeClosed(1, 3).forEach(seed -> {
            Past legacy = past(scenario, "legacy", seed);
            assertThat(legacy.received()).as("a past to compare").isNotEmpty();
            EMULATOR.extensions(FreePolicy.class).stream().map(policy -> policy.id()).filter(id -> !id.equals("legacy")).forEach(policy -> {
                Past other = past(scenario, policy, seed);
                if (legacy.history() != 0) {
                    assertThat(other).as("%s, seed %d", policy, seed).isEqualTo(legacy);
                }
            });
        });
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    @DisplayName("and another seed has another past")
    void otherSeed(String scenario) {
        Past one = past(scenario, "legacy", 1);
        if (one.history() != 0) {
            assertThat(past(scenario, "legacy", 2).history()).isNotEqualTo(one.history());
        }
    }
}
