package io.dmalab.it;

import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.Scenario;
import io.dmalab.core.time.StreamDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Every policy in every scenario, each run once, with the scenario's seed: shared by the tests that look at all of them. */
final class Runs {
    static final Emulator EMULATOR = Emulator.load();
    static final String LEGACY = "legacy";
    private static final String PSERIES = "pseries";
    private static final String PSERIES_PLUGIN = "platform-pseries";

    private static final Map<Key, Run> RUNS = new ConcurrentHashMap<>(1024);

    private record Key(String scenario, String policy) {}

    /** @param past up to the first removal; all of the run if nothing is removed */
    record Run(RunResult result, Past past) {}

    /**
     * What had happened when the first removal began.
     *
     * @param packets packets that the stack had received
     * @param order   digest of them in their order: on which CPU, from which device, how long
     * @param draws   digest of all random numbers
     * @param start   virtual time of the command
     */
    record Past(long packets, long order, long draws, long start) {}

    private Runs() {}

    static Run of(Scenario scenario, String policy) {
        return RUNS.computeIfAbsent(new Key(scenario.id(), policy), key -> {
            Received received = new Received();
            RunResult result = EMULATOR.run(EMULATOR.request(scenario).withPolicy(policy).withoutLog().withObservers(List.of(received)));
            return new Run(result, received.past(result.removals()));
        });
    }

    static Run of(String scenario, String policy) {
        return of(EMULATOR.request(scenario).scenario(), policy);
    }

    /** Scenarios of machines that have iommu_tables, in which the policies of that platform's plugin act. */
    static List<Scenario> withTables() {
        return EMULATOR.scenarios().stream().filter(scenario -> scenario.platform().id().equals(PSERIES)).toList();
    }

    /** Policies that live in the tables and in the removal of pseries. */
    static List<String> tablePolicies() {
        return policies(true).toList();
    }

    /** Policies that have something to act on: those of the tables change nothing elsewhere, which TablePoliciesIT says. */
    static List<String> policies(Scenario scenario) {
        Stream<String> ofTables = scenario.platform().id().equals(PSERIES) ? policies(true) : Stream.empty();
        return Stream.concat(policies(false), ofTables).toList();
    }

    private static Stream<String> policies(boolean ofTables) {
        return EMULATOR.extensions(FreePolicy.class).stream().filter(policy -> policy.pluginId().equals(PSERIES_PLUGIN) == ofTables)
                .map(policy -> policy.id());
    }

    /** Packets in the order in which the stack received them. Not when a CPU got round to each, which depends on what a policy costs there. */
    private static final class Received implements Observer {
        private final StreamDigest digest = new StreamDigest();
        private final List<Long> digests = new ArrayList<>();
        private final List<Long> times = new ArrayList<>();

        @Override
        public boolean wantsEvents() {
            return true;
        }

        @Override
        public void event(TraceRecord event) {
            if (event.type().name().equals("net:netif_receive_skb")) {
                digest.mix(event.cpu());
                digest.mixText(event.values().getFirst() + " " + event.values().getLast());
                digests.add(digest.value());
                times.add(event.timeNanos());
            }
        }

        Past past(List<Removal> removals) {
            long start = removals.isEmpty() ? Long.MAX_VALUE : removals.getFirst().startNanos();
            int packets = (int) times.stream().filter(time -> time < start).count();
            return new Past(packets, packets == 0 ? 0 : digests.get(packets - 1),
                    removals.isEmpty() ? 0 : removals.getFirst().history(), start);
        }
    }
}
