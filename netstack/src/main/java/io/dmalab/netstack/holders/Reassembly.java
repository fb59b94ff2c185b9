package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.TimerList;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reassembly of fragmented datagrams (net/ipv4/inet_fragment.c, v6.14): fragments wait for the missing one in a queue per datagram, which
 * ends when the datagram is complete, when its timer fires, or with the network namespace; that the receiving device goes away changes
 * nothing. All queues of a namespace share a memory limit; beyond it fragments are dropped. Left out: overlap, hash collisions, memory of
 * the queues themselves.
 */
public abstract class Reassembly implements BufferHolder {
    /**
     * What distinguishes the protocols.
     *
     * @param perDatagram   fragments of a datagram that arrive before the missing one
     * @param timeoutMs     from the first fragment
     * @param completeAfter from the first fragment to the missing one
     */
    record Protocol(String reason, String timer, int perDatagram, long timeoutMs, long highThresh, HoldTime completeAfter) {}

    private static final int FLOWS_MAX = 1 << 20;

    final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Protocol protocol;
    private final RandomStream random;
    private final KernelObject fqdir;
    private final int label;
    private final long name;
    /** Queue that a flow's next fragment belongs to; null if it begins a new one. */
    private FragQueue[] open = new FragQueue[16];
    private final List<FragQueue> live = new ArrayList<>();
    private final ArrayDeque<FragQueue> unused = new ArrayDeque<>();
    private long memory;
    private int held;
    private boolean dead;

    Reassembly(PacketSink sink, RandomStream random, Protocol protocol) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.random = random;
        this.protocol = protocol;
        this.fqdir = kernel.memory().kzalloc("fqdir", 256);
        this.label = kernel.pages().holder(protocol.reason());
        this.name = sink.name(protocol.reason());
    }

    /** A datagram of which something is missing (struct inet_frag_queue). Reused for other datagrams, with its timer. */
    final class FragQueue {
        private final IntRing fragments = new IntRing();
        private final TimerList timer = kernel.timer(protocol.timer(), () -> expire(this));
        private int flow;
        private int index;
        private long completion = -1;

        void begin(int newFlow) {
            flow = newFlow;
            index = live.size();
            live.add(this);
            timer.mod(kernel.clock().msecsToJiffies(protocol.timeoutMs()));
            long due = Times.after(kernel.clock().now(), protocol.completeAfter().sample(random));
            if (due != Times.NEVER) {
                completion = kernel.sched().at(due, ContextKind.SOFTIRQ, kernel.sched().cpu(), word -> complete(this), 0);
            }
        }

        boolean hasFrom(String netdev) {
            for (int i = 0; i < fragments.size(); i++) {
                if (buffers.origin(fragments.get(i)).equals(netdev)) {
                    return true;
                }
            }
            return false;
        }

        void end(String cause) {
            timer.delete();
            kernel.sched().cancel(completion);
            completion = -1;
            if (open[flow] == this) {
                open[flow] = null;
            }
            FragQueue last = live.removeLast();
            if (last != this) {
                live.set(index, last);
                last.index = index;
            }
            for (int i = 0; i < fragments.size(); i++) {
                memory -= buffers.truesize(fragments.get(i));
            }
            held -= fragments.size();
            sink.releaseAll(fragments, name, cause);
            unused.push(this);
        }
    }

    /** Queues a fragment. Softirq context. */
    final void queue(int skb) {
        if (dead) {
            sink.drop(skb, name);
            return;
        }
        fqdir.write("rhashtable");
        if (memory > protocol.highThresh()) {
            sink.drop(skb, name);
            return;
        }
        FragQueue queue = find(Math.floorMod(buffers.flow(skb), FLOWS_MAX));
        memory += buffers.truesize(skb);
        held++;
        queue.fragments.add(skb);
        buffers.heldBy(skb, label);
        if (queue.fragments.size() == protocol.perDatagram()) {
            open[queue.flow] = null;
        }
    }

    private FragQueue find(int flow) {
        if (flow >= open.length) {
            open = Arrays.copyOf(open, Integer.highestOneBit(flow) << 1);
        }
        if (open[flow] == null) {
            open[flow] = unused.isEmpty() ? new FragQueue() : unused.pop();
            open[flow].begin(flow);
        }
        return open[flow];
    }

    /** The timer function of the protocol: calls {@link #timedOut}. Timer context. */
    abstract void expire(FragQueue queue);

    /** The missing fragment came: calls {@link #reassembled}. Softirq context. */
    abstract void complete(FragQueue queue);

    /** Gives the fragments up. */
    final void timedOut(FragQueue queue) {
        fqdir.write("rhashtable");
        queue.end("timer");
    }

    /** The datagram is delivered and consumed. */
    final void reassembled(FragQueue queue) {
        fqdir.write("rhashtable");
        queue.completion = -1;
        queue.end("datagram complete");
    }

    /** Ends every queue; from now on there is nobody to reassemble. */
    @KernelFunction("fqdir_exit")
    private void fqdirExit() {
        if (dead) {
            return;
        }
        dead = true;
        while (!live.isEmpty()) {
            live.getFirst().end("namespace exit");
        }
        kernel.memory().free(fqdir);
    }

    @Override
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.NamespaceExit exit -> fqdirExit();
            case HolderEvent.Purge purge -> purge(purge.netdev());
            default -> { }
        }
    }

    /** Not in the kernel: gives up every datagram of which a fragment came through the interface. */
    private void purge(String netdev) {
        fqdir.write("rhashtable");
        for (FragQueue queue : List.copyOf(live)) {
            if (queue.hasFrom(netdev)) {
                queue.end("purged");
            }
        }
    }

    @Override
    public String reason() {
        return protocol.reason();
    }

    @Override
    public int held() {
        return held;
    }
}
