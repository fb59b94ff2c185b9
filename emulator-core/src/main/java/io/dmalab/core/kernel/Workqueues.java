package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Work;
import io.dmalab.api.kernel.Workqueue;
import java.util.LinkedHashMap;
import java.util.Map;

/** The workqueues of one machine; bound ones, so all of them share one pool of workers per CPU (kernel/workqueue.c, v6.14). */
final class Workqueues {
    private final SimScheduler sched;
    private final Map<String, Workqueue> queues = new LinkedHashMap<>();
    private final WorkerPool[] pools;

    Workqueues(SimScheduler sched) {
        this.sched = sched;
        this.pools = new WorkerPool[sched.cpus()];
    }

    Workqueue queue(String name) {
        return queues.computeIfAbsent(name, SimWorkqueue::new);
    }

    WorkerPool pool(int cpu) {
        if (pools[cpu] == null) {
            pools[cpu] = new WorkerPool(sched, cpu);
        }
        return pools[cpu];
    }

    private final class SimWorkqueue implements Workqueue {
        private final String name;

        SimWorkqueue(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Work work(String function, Runnable body) {
            return new SimWork(Workqueues.this, sched, name, function, body);
        }
    }
}
