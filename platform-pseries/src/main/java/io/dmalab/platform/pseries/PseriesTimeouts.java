package io.dmalab.platform.pseries;

import io.dmalab.api.timeout.Timeout;
import io.dmalab.api.timeout.TimeoutSource;
import io.dmalab.api.timeout.Timing;
import io.dmalab.platform.pseries.policy.DrainOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How long the reconfiguration notifier may wait for a draining policy, table by table. */
public final class PseriesTimeouts implements TimeoutSource {
    private static final long MILLISECOND = 1_000_000L;

    @Override
    public List<Timeout> timeouts(Timing timing) {
        Optional<DrainOptions> drain = timing.options(DrainOptions.class);
        return drain.isEmpty() ? List.of() : waits(timing, drain.get(), tables(timing));
    }

    private static List<Timeout> waits(Timing timing, DrainOptions drain, int tables) {
        Timing.Range poll = timing.msleep(drain.interval().nanos() / MILLISECOND);
        boolean forever = drain.cap().isForever();
        // the time is looked at after a sleep only
        long table = forever ? Timeout.UNBOUNDED : drain.cap().nanos() + poll.most();
        long all = forever ? Timeout.UNBOUNDED : tables * table;
        List<Timeout> waits = new ArrayList<>();
        waits.add(new Timeout("notifier-poll", "the notifier sleeps between two looks at a table", poll.least(), poll.most(),
                List.of("table-wait"),
                "it gives up at its first look", "policy option interval = " + drain.interval() + "; timer wheel at this HZ"));
        waits.add(new Timeout("drain-needs",
                "a page that came back is unmapped and seen: one look of the pool's worker, one of the notifier",
                poll.least(), timing.delayedWork(1000).most() + poll.most(), List.of("table-wait"),
                "it gives up on pages that are back already and wait for the pool's worker",
                "free-policies.md P1: the worker's second is the real granularity"));
        waits.add(new Timeout("table-wait", "the notifier waits for one table to drain", forever ? Timeout.UNBOUNDED : drain.cap()
                .nanos(), table,
                List.of("hung-task"), "tasks that wait for the remover's locks are reported as hung, innocent ones too",
                "policy option cap = " + drain.cap() + "; free-policies.md P1"));
        waits.add(new Timeout("notifier-wait", "the notifier waits for " + (tables == 1 ? "the device's one table" : "the device's "
                + tables
                + " tables, one after the other"), forever ? Timeout.UNBOUNDED : drain.cap().nanos(), all, List.of("hung-task",
                "drmgr-limit"),
                "it is still waiting when that limit is reached, with the notifier chain and the hotplug lock held",
                "dlpar-and-notifiers.md, invariant 6: tables x (cap + one poll); platform option adapter"));
        return waits;
    }

    /** A dedicated adapter keeps its default window beside the dynamic one. */
    private static int tables(Timing timing) {
        return timing.options(PseriesOptions.class).filter(o -> o.adapter() == PseriesOptions.Adapter.DEDICATED).isPresent() ? 2 : 1;
    }
}
