package io.dmalab.netstack.actions;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Action;
import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/**
 * Processes of this machine that talk to each other over lo: each of their packets goes through the backlog of the CPU it is sent on, so
 * NET_RX runs there now and then, whatever happens to the NICs (drivers/net/loopback.c, net/core/dev.c). The packets themselves are left
 * out. Without it a machine is idle between its NICs' interrupts, and up to half of a defer list stays for ever on a CPU that no longer
 * receives.
 */
public final class LoopbackTraffic implements Action, EventTarget {
    /** What can be set. */
    public record Options(
            @Option(value = "{ exponential: { mean: 200ms } }", doc = "time between two packets on one CPU") HoldTime every,
            @Option(value = "2min", doc = "how long it goes on") Span duration) {}

    private final Scheduler sched;
    private final Clock clock;
    private final Stack stack;
    private final Options options;
    private final RandomStream random;
    private long end;

    @Inject
    public LoopbackTraffic(Kernel kernel, Stack stack, Options options) {
        this.sched = kernel.sched();
        this.clock = kernel.clock();
        this.stack = stack;
        this.options = options;
        this.random = kernel.random().stream("loopback traffic");
    }

    @Override
    public String comm() {
        return "ping";
    }

    @Override
    public void run() {
        end = options.duration().isForever() ? Long.MAX_VALUE : clock.now() + options.duration().nanos();
        for (int cpu = 0; cpu < sched.cpus(); cpu++) {
            next(cpu);
        }
    }

    /** A packet on CPU {@code cpu}. */
    @Override
    public void fire(long cpu) {
        stack.event(new HolderEvent.NetRxSoftirq((int) cpu));
        next((int) cpu);
    }

    private void next(int cpu) {
        long delay = Math.max(1, options.every().sample(random));
        if (delay < end - clock.now()) {
            sched.at(clock.now() + delay, ContextKind.SOFTIRQ, cpu, this, cpu);
        }
    }
}
