package io.dmalab.platform.pseries.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.scenario.Configured;
import io.dmalab.platform.pseries.TestPartition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One removal with pages that come home late, on the table side alone (dlpar-and-notifiers.md 11): the driver maps them, the remover comes,
 * and a time after the removal began somebody unmaps them, one after the other.
 *
 * <pre>
 *   drmgr      power off ── detach ── [ what the policy does ] ── isolate
 *   kworker    0 ....................................... t: unmap, unmap, ...
 * </pre>
 */
final class LatePage implements AutoCloseable {
    static final long SECOND = 1_000_000_000L;

    final TestPartition p;
    Device device;
    Outcome outcome;
    double seconds;

    private LatePage(TestPartition p) {
        this.p = p;
    }

    /** @param at when each page is unmapped, in seconds after the removal began */
    static LatePage run(FreePolicy policy, double... at) {
        return run(policy, TestPartition.builder(), at);
    }

    static LatePage run(FreePolicy policy, TestPartition.Builder builder, double... at) {
        LatePage late = new LatePage(builder.policy(policy).build());
        late.p.run(device -> late.body(device, at));
        return late;
    }

    private void body(Device plugged, double[] at) {
        device = plugged;
        // the device structure is pinned, as the page_pool of that time does
        device.get();
        for (double time : at) {
            long address = p.map(device);
            p.after((long) (time * SECOND), () -> p.unmap(device, address));
        }
        long before = p.kernel.clock().now();
        outcome = p.remove(device);
        seconds = (p.kernel.clock().now() - before) / 1e9;
    }

    static <T extends Record> T options(Class<T> type, String text) {
        return type.cast(Configured.parse(text.isEmpty() ? "policy" : "policy," + text, "test").bind(Optional.of(type), List.of()));
    }

    /** Kinds of finding, in order of their names. */
    Set<String> found() {
        Set<String> kinds = new TreeSet<>();
        p.kernel.findingRecords().forEach(finding -> kinds.add(finding.kind().toString()));
        return kinds;
    }

    long count(FindingKind kind) {
        return p.count(kind);
    }

    long metric(String name) {
        return p.metric(name);
    }

    /** The tables' books, which have to agree; their sums are metrics afterwards. */
    List<String> audit() {
        return p.tables.audit();
    }

    @Override
    public void close() {
        p.close();
    }
}
