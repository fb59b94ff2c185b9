package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;

/**
 * The queueing discipline of another interface, which received packets are forwarded to (net/sched/sch_generic.c, sch_fq_codel.c,
 * sch_netem.c, v6.14): packets leave in order at the speed of that interface's link, each after an extra delay if one is set; a delay of
 * forever is a link that has stopped. The end of that interface empties it. Left out: fairness between flows, CoDel's drops.
 */
public final class Qdisc implements BufferHolder {
    /** Preamble, frame check sequence and gap between frames. */
    private static final int WIRE_OVERHEAD = 24;

    /** What can be set. */
    public record Options(
            @Option(value = "eth0", doc = "interface the packets leave by") String outDevice,
            @Option(value = "10240", doc = "packets: 1000 for pfifo_fast, 10240 for fq_codel") int limit,
            @Option(value = "10Gbit/s", doc = "speed of the outgoing link") BitRate rate,
            @Option(value = "0s", doc = "extra delay of each packet (netem); forever: the link has stopped") HoldTime delay) {
        public Options {
            Checks.range("limit", limit, 1, 1 << 24);
        }
    }

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
    private final KernelObject qdisc;
    private final DelayLine line;
    private final int label;
    private final long name;
    private boolean down;
    /** When the link has sent all that is queued. */
    private long linkFree;

    @Inject
    public Qdisc(PacketSink sink, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder qdisc");
        this.qdisc = kernel.memory().kzalloc("Qdisc", 384);
        this.line = new DelayLine(kernel, this::dequeue);
        this.label = kernel.pages().holder(reason());
        this.name = sink.name(reason());
    }

    @Override
    @KernelFunction("__dev_queue_xmit")
    public void take(int skb) {
        if (down) {
            sink.drop(skb, name);
            return;
        }
        qdisc.write("q");
        if (line.size() >= options.limit()) {
            sink.drop(skb, name);
            return;
        }
        long now = kernel.clock().now();
        long start = Math.max(linkFree, Times.after(now, options.delay().sample(random)));
        linkFree = Times.after(start, Math.round((buffers.length(skb) + WIRE_OVERHEAD) * 8e9 / options.rate().perSecond()));
        buffers.heldBy(skb, label);
        line.add(skb, linkFree, kernel.sched().cpu());
    }

    @KernelFunction("qdisc_restart")
    private void dequeue(int skb) {
        qdisc.write("q");
        buffers.release(skb);
    }

    @Override
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.DeviceDown gone when gone.netdev().equals(options.outDevice()) -> deactivate(options.outDevice() + " down");
            case HolderEvent.NamespaceExit exit -> deactivate("namespace exit");
            default -> { }
        }
    }

    /** The interface goes: its qdisc is reset and replaced by one that drops everything. */
    @KernelFunction("dev_deactivate_many")
    private void deactivate(String cause) {
        if (!down) {
            down = true;
            qdisc.write("q");
            sink.letGo(name, line.clear(buffers::release), cause);
            kernel.memory().free(qdisc);
        }
    }

    @Override
    public String reason() {
        return "qdisc of " + options.outDevice();
    }

    @Override
    public int held() {
        return line.size();
    }
}
