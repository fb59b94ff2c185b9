package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * A netfilter queue (net/netfilter/nfnetlink_queue.c, v6.14): packets wait for the verdict of a user daemon, 1024 at most. When an
 * interface goes down those that name it as their input or output are dropped; the input is what the packet is attributed to, so that below
 * a bond the slave's end is not noticed. When the daemon ends its queue is flushed. Left out: batch verdicts out of order, GSO
 * segmentation, conntrack.
 */
public final class Nfqueue implements BufferHolder, Process.Files {
    /** What can be set. */
    public record Options(
            @Option(value = "suricata", doc = "name of the daemon that gives verdicts") String process,
            @Option(doc = "CPU on which the daemon runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "1024", doc = "packets in the queue") int limit,
            @Option(value = "{ log-normal: { median: 100us, p99: 10ms } }",
                    doc = "time from the first packet to its verdict; forever: the daemon hangs") HoldTime verdictAfter,
            @Option(value = "off", doc = "a full queue lets packets pass instead of dropping them") boolean failOpen,
            @Option(doc = "interface that forwarded packets would leave by; none: they are delivered here") Optional<String> outDevice) {
        public Options {
            Checks.range("limit", limit, 1, 1 << 20);
        }
    }

    private final Kernel kernel;
    private final SkBuffs skbs;
    private final PacketSink sink;
    private final Options options;
    private final Process process;
    private final KernelObject instance;
    private final IntRing queue = new IntRing();
    private final long name;
    private int label = -1;
    private boolean closed;

    @Inject
    public Nfqueue(PacketSink sink, Processes processes, SkBuffs skbs, Options options) {
        this.kernel = sink.kernel();
        this.skbs = skbs;
        this.sink = sink;
        this.options = options;
        this.instance = kernel.memory().kzalloc("nfqnl_instance", 256);
        this.process = processes.start(options.process(), options.cpu(), options.verdictAfter(), this);
        this.name = sink.name("nfqueue of " + process);
    }

    @Override
    @KernelFunction("nfqnl_enqueue_packet")
    public void take(int skb) {
        if (closed) {
            sink.drop(skb, name);
            return;
        }
        instance.write("queue_list");
        if (queue.size() >= options.limit()) {
            full(skb);
            return;
        }
        if (label < 0) {
            label = kernel.pages().holder(reason());
        }
        queue.add(skb);
        skbs.heldBy(skb, label);
        process.wake();
    }

    private void full(int skb) {
        if (options.failOpen()) {
            skbs.release(skb);
        } else {
            sink.drop(skb, name);
        }
    }

    /** Verdicts for all that is queued: accepted packets are delivered and consumed. */
    @Override
    @KernelFunction("nfqnl_recv_verdict")
    public void read() {
        instance.write("queue_list");
        sink.releaseAll(queue, name, "verdict");
    }

    @Override
    @KernelFunction("nfqnl_flush")
    public void close() {
        closed = true;
        instance.write("queue_list");
        sink.releaseAll(queue, name, "process exit");
        kernel.memory().free(instance);
    }

    @Override
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.ProcessExit exit when process.matches(exit.process()) -> process.kill();
            case HolderEvent.NamespaceExit exit -> process.kill();
            case HolderEvent.DeviceDown down when !closed -> nfqnlDevDrop(down.netdev());
            default -> { }
        }
    }

    @KernelFunction("nfqnl_dev_drop")
    private void nfqnlDevDrop(String netdev) {
        instance.write("queue_list");
        int count = queue.size();
        int dropped = 0;
        for (int i = 0; i < count; i++) {
            int skb = queue.remove();
            if (names(skb, netdev)) {
                skbs.release(skb);
                dropped++;
            } else {
                queue.add(skb);
            }
        }
        sink.letGo(name, dropped, netdev + " down");
    }

    private boolean names(int skb, String netdev) {
        NetDevice in = skbs.dev(skb);
        return in != null && in.name().equals(netdev) || options.outDevice().filter(netdev::equals).isPresent();
    }

    @Override
    public String reason() {
        return "nfqueue of " + process + ", no verdict yet";
    }

    @Override
    public int held() {
        return queue.size();
    }
}
