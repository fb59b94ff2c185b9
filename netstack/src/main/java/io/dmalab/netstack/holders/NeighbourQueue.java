package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.TimerList;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;

/**
 * Packets that are forwarded to a neighbour whose address is not known yet (net/core/neighbour.c, v6.14): they wait, by bytes of truesize,
 * while three probes are sent a second apart; a full queue drops its oldest. An answer sends them all, a failure frees them, and so does
 * the end of the outgoing interface. Once resolved, packets pass. A failed neighbour is probed again for the next packet. Left out:
 * staleness, garbage collection.
 */
public final class NeighbourQueue implements BufferHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "eth0", doc = "interface the packets leave by") String outDevice,
            @Option(value = "1", doc = "neighbours, over which flows are spread; 1 to 65536") int neighbours,
            @Option(value = "forever", doc = "time from the first probe to the answer; forever: there is none") HoldTime resolveAfter,
            @Option(value = "208KiB", doc = "bytes of truesize that wait for one neighbour") ByteSize limit,
            @Option(value = "3", doc = "probes before the neighbour is given up (mcast_solicit)") int probes) {
        public Options {
            Checks.range("neighbours", neighbours, 1, 65536);
            Checks.range("probes", probes, 1, 1000);
        }
    }

    private static final long RETRANS_MS = 1000;

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
    private final Neighbour[] neighbours;
    private final int label;
    private final long name;
    private boolean down;

    @Inject
    public NeighbourQueue(PacketSink sink, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder neighbour-queue");
        this.label = kernel.pages().holder(reason());
        this.name = sink.name(reason());
        this.neighbours = new Neighbour[options.neighbours()];
        for (int i = 0; i < neighbours.length; i++) {
            neighbours[i] = new Neighbour();
        }
    }

    /** struct neighbour as far as its queue goes: NUD_NONE, NUD_INCOMPLETE, NUD_REACHABLE. */
    private final class Neighbour {
        private final KernelObject object = kernel.memory().kzalloc("neighbour", 512);
        private final IntRing queue = new IntRing();
        private final TimerList timer = kernel.timer("neigh_timer_handler", this::neighTimerHandler);
        private long bytes;
        private int probes;
        private boolean incomplete;
        private boolean reachable;
        private long answer = -1;

        @KernelFunction("__neigh_event_send")
        void send(int skb) {
            object.write("arp_queue");
            if (reachable) {
                buffers.release(skb);
                return;
            }
            int truesize = buffers.truesize(skb);
            while (!queue.isEmpty() && bytes + truesize > options.limit().bytes()) {
                int oldest = queue.remove();
                bytes -= buffers.truesize(oldest);
                sink.drop(oldest, name);
            }
            bytes += truesize;
            queue.add(skb);
            buffers.heldBy(skb, label);
            if (!incomplete) {
                solicit();
            }
        }

        private void solicit() {
            incomplete = true;
            probes = 1;
            timer.mod(kernel.clock().msecsToJiffies(RETRANS_MS));
            long due = Times.after(kernel.clock().now(), options.resolveAfter().sample(random));
            if (due != Times.NEVER) {
                answer = kernel.sched().at(due, ContextKind.SOFTIRQ, kernel.sched().cpu(), word -> update(), 0);
            }
        }

        @KernelFunction("neigh_timer_handler")
        private void neighTimerHandler() {
            object.write("nud_state");
            if (probes < options.probes()) {
                probes++;
                timer.mod(kernel.clock().msecsToJiffies(RETRANS_MS));
                return;
            }
            invalidate();
        }

        /** The neighbour is unreachable: what waits for it is freed. */
        @KernelFunction("neigh_invalidate")
        private void invalidate() {
            settle("neighbour failed");
        }

        /** The neighbour answered: what waited for it is sent. */
        @KernelFunction("neigh_update")
        void update() {
            if (!down) {
                reachable = true;
                settle("neighbour resolved");
            }
        }

        void settle(String cause) {
            object.write("arp_queue");
            incomplete = false;
            bytes = 0;
            timer.delete();
            kernel.sched().cancel(answer);
            sink.releaseAll(queue, name, cause);
        }
    }

    @Override
    @KernelFunction("ip_finish_output2")
    public void take(int skb) {
        if (down) {
            sink.drop(skb, name);
            return;
        }
        neighbours[neighbours.length == 1 ? 0 : Math.floorMod(buffers.flow(skb), neighbours.length)].send(skb);
    }

    /** Every neighbour answers now. Any context. */
    public void resolve() {
        for (Neighbour neighbour : neighbours) {
            neighbour.update();
        }
    }

    /** Interface the packets leave by. */
    public String outDevice() {
        return options.outDevice();
    }

    @Override
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.DeviceDown gone when gone.netdev().equals(options.outDevice()) -> neighIfdown(options.outDevice() + " down");
            case HolderEvent.NamespaceExit exit -> neighIfdown("namespace exit");
            default -> { }
        }
    }

    @KernelFunction("neigh_ifdown")
    private void neighIfdown(String cause) {
        if (down) {
            return;
        }
        down = true;
        for (Neighbour neighbour : neighbours) {
            neighbour.settle(cause);
            kernel.memory().free(neighbour.object);
        }
    }

    @Override
    public String reason() {
        return "queue of an unresolved neighbour on " + options.outDevice();
    }

    @Override
    public int held() {
        int sum = 0;
        for (Neighbour neighbour : neighbours) {
            sum += neighbour.queue.size();
        }
        return sum;
    }
}
