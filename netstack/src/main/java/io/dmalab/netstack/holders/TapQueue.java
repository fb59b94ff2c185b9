package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The queue of a tun or tap interface towards a user process or a virtual machine (drivers/net/tun.c, v6.14): a ring of packets that the
 * reader takes out, or does not while the machine is paused. A full ring drops. Left out: several queues, XDP frames, vhost's zero-copy.
 */
public final class TapQueue implements BufferHolder, Process.Files {
    /** What can be set. */
    public record Options(
            @Option(value = "qemu-system-ppc", doc = "name of the process that reads") String process,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "500", doc = "packets in the ring: 500 for tun, up to 1000 for tap") int limit,
            @Option(value = "{ log-normal: { median: 50us, p99: 5ms } }",
                    doc = "time from the first unread packet to the read; forever: the machine is paused") HoldTime readAfter) {
        public Options {
            Checks.range("limit", limit, 1, 1 << 20);
        }
    }

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Process process;
    private final KernelObject tfile;
    private final IntRing ring = new IntRing();
    private final int limit;
    private final long name;
    private int label = -1;
    private boolean closed;

    @Inject
    public TapQueue(PacketSink sink, Processes processes, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.limit = options.limit();
        this.tfile = kernel.memory().kzalloc("tun_file", 1024);
        this.process = processes.start(options.process(), options.cpu(), options.readAfter(), this);
        this.name = sink.name("tap queue of " + process);
    }

    @Override
    @KernelFunction("tun_net_xmit")
    public void take(int skb) {
        if (closed) {
            sink.drop(skb, name);
            return;
        }
        tfile.write("tx_ring");
        if (ring.size() >= limit) {
            sink.drop(skb, name);
            return;
        }
        if (label < 0) {
            label = kernel.pages().holder(reason());
        }
        ring.add(skb);
        buffers.heldBy(skb, label);
        process.wake();
    }

    @Override
    @KernelFunction("tun_do_read")
    public void read() {
        tfile.write("tx_ring");
        sink.releaseAll(ring, name, "read");
    }

    @Override
    @KernelFunction("tun_chr_close")
    public void close() {
        closed = true;
        tfile.write("tx_ring");
        sink.releaseAll(ring, name, "process exit");
        kernel.memory().free(tfile);
    }

    @Override
    public void stateChanged() {
        label = kernel.pages().holder(reason());
        for (int i = 0; i < ring.size(); i++) {
            buffers.heldBy(ring.get(i), label);
        }
    }

    @Override
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.ProcessExit exit when process.matches(exit.process()) -> process.kill();
            case HolderEvent.NamespaceExit exit -> process.kill();
            default -> { }
        }
    }

    @Override
    public String reason() {
        return "tap queue of " + process + ", reader " + process.state();
    }

    @Override
    public int held() {
        return ring.size();
    }
}
