package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import io.dmalab.netstack.Stack;
import jakarta.inject.Inject;

/** Policy {@code kick-holders} (free-policies.md P14): an unregistration makes those let go who can, and then waits or does not. */
public final class KickHolders implements FreePolicy {
    static final String SUMMARY = "an unregistration flushes all defer lists and reassembly queues, then waits for the rest (or does not)";
    static final String DESCRIPTION = """
            Mechanism  When the interface is unregistered, and each time the notice is repeated, the defer-free list of every CPU is flushed
                       by the work items that flush the backlogs (a CPU with packets on its defer list counts as one that has to be
                       flushed), and reassembly queues drop the datagrams of which a fragment came through the interface. Then, by option,
                       nothing (none) or stall-unregister (stall).
            Origin     Toke Høiland-Jørgensen, 29 to 31 October 2024 <878qu7c8om.fsf@toke.dk>, <874j4sb60w.fsf@toke.dk>; the patch for the
                       defer lists was untested. Not merged then. Facts: free-policies.md P14.
            Cost       A work item on each CPU with packets. Datagrams that were to be completed are lost. What it spares is the wait for
                       them.
            Fails by   Holders that nobody can kick: a socket that is not read, a paused machine behind a tap. With stall the removal waits
                       for them without a bound; the alternative would be to kill the process. With none the pages that were just kicked
                       loose are in the pools' rings until the worker's next tick, up to a second later, so even they are unmapped too late.
                       Objection (Yunsheng Lin): thousands of caches, and every subsystem needs a hook.""";

    /** What comes after the kick. */
    public enum Then {
        /** The removal goes on. */
        NONE,
        /** The unregistration stalls while pages are out. */
        STALL
    }

    /** @param then what comes after the kick */
    public record Options(
            @Option(value = "stall", doc = "what comes after the kick: none, or stall (wait as stall-unregister does)") Then then) {}

    /** Counter of the kicks. */
    public static final String KICKS = "holder_kicks";

    private final Stack stack;
    private final Options options;
    private final Counter kicks;

    @Inject
    public KickHolders(Kernel kernel, Stack stack, Options options) {
        this.stack = stack;
        this.options = options;
        this.kicks = kernel.metrics().counter(KICKS);
    }

    @Override
    public Verdict unregister(Device device, String netdev, int poolPagesInFlight) {
        if (poolPagesInFlight == 0) {
            return Verdict.PROCEED;
        }
        kicks.increment();
        stack.kickHolders(netdev);
        return options.then() == Then.STALL ? new Verdict.WaitFor(StallUnregister.LINE) : Verdict.PROCEED;
    }
}
