package io.dmalab.netstack;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Scheduler;
import java.util.ArrayDeque;

/**
 * NET_RX of one CPU (net_rx_action, net/core/dev.c, v6.14). One softirq is one event; if it has to go on, the next one comes as much
 * later as this one has used CPU time, which is how a busy CPU lets packets pile up. Left out: ksoftirqd, the time limit of two
 * jiffies, threaded NAPI.
 */
final class SoftnetCpu implements EventTarget {
    /** net.core.netdev_budget. */
    static final int BUDGET = 300;

    private final Scheduler sched;
    private final Clock clock;
    private final Softnet softnet;
    private final int cpu;
    private final ArrayDeque<Napi> pollList = new ArrayDeque<>();
    private boolean raised;
    private boolean running;
    private long busyUntil;

    SoftnetCpu(Kernel kernel, Softnet softnet, int cpu) {
        this.sched = kernel.sched();
        this.clock = kernel.clock();
        this.softnet = softnet;
        this.cpu = cpu;
    }

    void schedule(Napi napi) {
        pollList.addLast(napi);
        raise();
    }

    void repoll(Napi napi) {
        pollList.addLast(napi);
    }

    /** __raise_softirq_irqoff(NET_RX_SOFTIRQ). */
    void raise() {
        if (raised) {
            return;
        }
        raised = true;
        if (!running) {
            sched.at(Math.max(clock.now(), busyUntil), ContextKind.SOFTIRQ, cpu, this, 0);
        }
    }

    @Override
    public void fire(long arg) {
        raised = false;
        running = true;
        netRxAction();
        running = false;
        busyUntil = clock.now() + sched.takeDebt();
        if (raised) {
            sched.at(busyUntil, ContextKind.SOFTIRQ, cpu, this, 0);
        }
    }

    @KernelFunction("net_rx_action")
    private void netRxAction() {
        softnet.rxAction(cpu);
        int budget = BUDGET;
        // those that are not done go to the end of the list and wait for the next softirq
        for (int left = pollList.size(); left > 0 && budget > 0; left--) {
            budget -= pollList.pollFirst().poll();
        }
        if (!pollList.isEmpty()) {
            raise();
        }
    }
}
