package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.netstack.InstanceStreams;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Zero-copy receive into a process's address space (net/ipv4/tcp.c tcp_zerocopy_receive, v6.14): fragments that fill a whole page are
 * mapped, with an ordinary page reference until munmap; everything else is copied. Either way the packet is freed at the read, so that
 * neither the pool nor the DMA mapping waits for the process. Left out: the size of the mapped area, partial unmapping.
 */
public final class TcpMmap extends SocketHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "tcp_mmap", doc = "name of the process that reads") String process,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }", doc = "time from the first unread packet to the read")
                    HoldTime readAfter,
            @Option(value = "10ms", doc = "time from the read to munmap; forever: until the process exits") HoldTime mappedFor,
            @Option(value = "6MiB", doc = "receive buffer of the socket, in bytes of truesize") ByteSize receiveBuffer) {}

    private final SkBuffs skbs;
    private final Options options;
    private final RandomStream random;
    private final IntRing pages = new IntRing();

    @Inject
    public TcpMmap(PacketSink sink, Processes processes, SkBuffs skbs, InstanceStreams streams, Options options) {
        super(sink, processes, new Kind("tcp receive queue", "tcp_sock", options.receiveBuffer().bytes()), 1, options.process(),
                options.cpu(), options.readAfter());
        this.skbs = skbs;
        this.options = options;
        this.random = streams.next("holder tcp-mmap");
    }

    @Override
    @KernelFunction("tcp_v4_rcv")
    public void take(int skb) {
        if (enqueue(skb)) {
            process.wake();
        }
    }

    @Override
    @KernelFunction("tcp_zerocopy_receive")
    public void read() {
        int before = pages.size();
        int count = 0;
        for (int skb = sockets[0].dequeue(); skb >= 0; skb = sockets[0].dequeue()) {
            map(skb);
            buffers.releaseDeferred(skb);
            count++;
        }
        sink.letGo(name, count, "read");
        int mapped = pages.size() - before;
        if (mapped > 0) {
            kernel.trace().emit(HolderEvents.TO_REFERENCE, name, mapped);
            long due = Times.after(kernel.clock().now(), options.mappedFor().sample(random));
            if (due != Times.NEVER) {
                kernel.sched().at(due, ContextKind.TIMER, process.cpu(), this::unmap, mapped);
            }
        }
    }

    private void map(int skb) {
        for (int i = 0; i < skbs.frags(skb); i++) {
            if (skbs.fragOffset(skb, i) == 0 && skbs.fragLength(skb, i) == kernel.pages().pageSize()) {
                int page = skbs.page(skb, i);
                kernel.pages().get(page);
                pages.add(page);
            }
        }
    }

    /** munmap of the oldest {@code count} pages, in so far as the exit has not done it. */
    @KernelFunction("zap_page_range_single")
    private void unmap(long count) {
        for (long i = 0; i < count && !pages.isEmpty(); i++) {
            kernel.pages().put(pages.remove());
        }
    }

    @Override
    @KernelFunction("tcp_close")
    public void close() {
        closeAll("process exit");
        unmap(pages.size());
    }

    /** Pages mapped into the process: plain references, which hold no DMA mapping. */
    public int referenced() {
        return pages.size();
    }
}
