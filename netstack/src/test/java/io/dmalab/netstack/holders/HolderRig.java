package io.dmalab.netstack.holders;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.netstack.ExtensionShelf;
import io.dmalab.netstack.InstanceStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A holder on the real kernel, with packets that are watched. Packets arrive on CPU 0. */
final class HolderRig implements AutoCloseable {
    static final long US = 1_000L;
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000_000_000L;
    /** What a packet of 1500 bytes is charged: its buffer of 2 KiB and struct sk_buff. */
    static final int TRUESIZE = 2304;

    final List<TraceRecord> events = new ArrayList<>();
    final SimKernel kernel;
    final FakeBuffers buffers = new FakeBuffers();
    final InstanceStreams streams;
    final Processes processes;
    private final PacketSink sink;
    private final ExtensionShelf shelf = new ExtensionShelf();

    HolderRig() {
        this(KernelConfig.basic(1));
    }

    HolderRig(KernelConfig config) {
        kernel = new SimKernel(config.withObservers(List.of(new Recorder())), new Streams(config.seed()));
        buffers.kernel(kernel);
        streams = new InstanceStreams(kernel);
        processes = new Processes(kernel, streams);
        sink = new PacketSink(kernel, buffers);
    }

    private final class Recorder implements Observer {
        @Override
        public void event(TraceRecord event) {
            events.add(event);
        }

        @Override
        public boolean wantsEvents() {
            return true;
        }
    }

    /** E.g. {@code ip-frag,timeout=1s}. */
    BufferHolder holder(String spec) {
        return shelf.make(BufferHolder.class, spec, kernel, buffers, streams, processes, sink);
    }

    /** Runs {@code body} in softirq context of CPU 0. */
    void at(long nanos, Runnable body) {
        kernel.sched().at(nanos, ContextKind.SOFTIRQ, 0, arg -> body.run(), 0);
    }

    /** Runs {@code body} in a task on CPU 0. */
    void taskAt(long nanos, Runnable body) {
        at(nanos, () -> kernel.sched().spawn("bash", 0, body));
    }

    void eventAt(long nanos, BufferHolder holder, HolderEvent event) {
        taskAt(nanos, () -> holder.on(event));
    }

    /** A packet of 1500 bytes arrives. */
    int give(BufferHolder holder, int flow) {
        return give(holder, flow, 1500, TRUESIZE);
    }

    int give(BufferHolder holder, int flow, int length, int truesize) {
        int skb = buffers.make(length, truesize, flow);
        holder.take(skb);
        return skb;
    }

    /** {@code count} packets of flow 0 arrive at one instant. */
    void giveAt(long nanos, BufferHolder holder, int count) {
        at(nanos, () -> IntStream.range(0, count).forEach(i -> give(holder, 0)));
    }

    HolderRig run() {
        kernel.run();
        return this;
    }

    List<TraceRecord> events(String name) {
        return events.stream().filter(event -> event.type().name().endsWith(":" + name)).toList();
    }

    /** Reason noted in the ledger for a packet. */
    String reasonOf(int skb) {
        int page = kernel.pages().alloc();
        kernel.pages().heldBy(page, buffers.holder(skb));
        String reason = kernel.pages().holderOf(page);
        kernel.pages().put(page);
        return reason;
    }

    @Override
    public void close() {
        kernel.close();
    }
}
