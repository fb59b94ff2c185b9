package io.dmalab.platform.pseries.policy;

import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Scheduler;

/** What a policy's operations cost the data path: each is counted, takes CPU time, and stands in the run's figures. */
final class HotPath {
    /** A test of a flag in a cache line that the path reads anyway. Assumed. */
    static final int FLAG_TEST_NANOS = 1;
    /** An atomic operation on a cache line that all CPUs write. Assumed: four CPUs of one socket. */
    static final int ATOMIC_NANOS = 20;

    private final Scheduler sched;
    private final Counter operations;
    private final Counter nanos;
    private final int cost;

    /** @param cost of one operation, in nanoseconds */
    HotPath(Kernel kernel, int cost) {
        this.sched = kernel.sched();
        this.operations = kernel.metrics().counter(Metrics.HOT_PATH_OPS);
        this.nanos = kernel.metrics().counter(Metrics.HOT_PATH_NS);
        this.cost = cost;
    }

    /** One operation by the running context. Any context. */
    void charge() {
        operations.increment();
        nanos.add(cost);
        sched.spend(cost);
    }
}
