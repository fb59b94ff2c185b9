package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
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
 * The ring of a veth peer into a container (drivers/net/veth.c, v6.14): 256 packets that wait for the NAPI of the peer, which takes all
 * there are. Left out: XDP, the container's own stack, where the packets are consumed at once.
 */
public final class VethRing implements BufferHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "veth0", doc = "interface of the pair that the packets come in by") String peer,
            @Option(value = "256", doc = "packets in the ring") int ring,
            @Option(value = "{ uniform: { min: 0s, max: 2ms } }", doc = "time from the first packet to the peer's NAPI")
                    HoldTime pollAfter) {
        public Options {
            Checks.range("ring", ring, 1, 1 << 20);
        }
    }

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
    private final KernelObject rq;
    private final DelayLine line;
    private final int label;
    private final long name;
    private boolean down;
    private long nextPoll;

    @Inject
    public VethRing(PacketSink sink, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder veth-ring");
        this.rq = kernel.memory().kzalloc("veth_rq", 512);
        this.line = new DelayLine(kernel, this::vethXdpRcv);
        this.label = kernel.pages().holder(reason());
        this.name = sink.name(reason());
    }

    @Override
    @KernelFunction("veth_xmit")
    public void take(int skb) {
        if (down || line.size() >= options.ring()) {
            sink.drop(skb, name);
            return;
        }
        rq.write("xdp_ring");
        if (line.size() == 0) {
            nextPoll = Times.after(kernel.clock().now(), options.pollAfter().sample(random));
        }
        buffers.heldBy(skb, label);
        line.add(skb, nextPoll, kernel.sched().cpu());
    }

    @KernelFunction("veth_xdp_rcv")
    private void vethXdpRcv(int skb) {
        rq.write("xdp_ring");
        buffers.release(skb);
    }

    @Override
    public void on(HolderEvent event) {
        boolean ends = event instanceof HolderEvent.NamespaceExit || event instanceof HolderEvent.DeviceDown gone
                && gone.netdev().equals(options.peer());
        if (ends && !down) {
            down = true;
            vethClose();
        }
    }

    @KernelFunction("veth_close")
    private void vethClose() {
        rq.write("xdp_ring");
        sink.letGo(name, line.clear(buffers::release), options.peer() + " down");
        kernel.memory().free(rq);
    }

    @Override
    public String reason() {
        return "ring of " + options.peer();
    }

    @Override
    public int held() {
        return line.size();
    }
}
