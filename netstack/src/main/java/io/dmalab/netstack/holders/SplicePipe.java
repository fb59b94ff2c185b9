package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.SkBuffs;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * A socket that is spliced into a pipe (net/core/skbuff.c skb_splice_bits, fs/splice.c, fs/pipe.c, v6.14): each fragment takes one of the
 * pipe's 16 slots and an ordinary reference on its page, then the packet is freed. From then on the pages are plain memory: the pool no
 * longer counts them and their DMA mapping ends, however long the pipe is not read. While the pipe is full, packets wait in the socket and
 * do hold. Left out: merging of adjacent fragments, pipes of another size.
 */
public final class SplicePipe extends SocketHolder {
    private static final int SLOTS = 16;

    /** What can be set. */
    public record Options(
            @Option(value = "nginx", doc = "name of the process that splices") String process,
            @Option(value = "cat", doc = "name of the process that reads the pipe") String reader,
            @Option(value = "50us", doc = "time from the first packet to the splice") HoldTime spliceAfter,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }",
                    doc = "time from the first spliced page to the read of the pipe; forever: it is not read") HoldTime readAfter,
            @Option(value = "6MiB", doc = "receive buffer of the socket, in bytes of truesize") ByteSize receiveBuffer) {}

    private final SkBuffs skbs;
    private final Process reader;
    private final KernelObject pipe;
    private final IntRing pages = new IntRing();
    private final int label;
    /** Next fragment of the packet in front that is to be spliced. */
    private int fragment;
    private boolean pipeClosed;

    @Inject
    public SplicePipe(PacketSink sink, Processes processes, SkBuffs skbs, Options options) {
        super(sink, processes, new Kind("tcp receive queue", "tcp_sock", options.receiveBuffer().bytes()), 1, options.process(),
                Optional.empty(), options.spliceAfter());
        this.skbs = skbs;
        this.reader = processes.start(options.reader(), Optional.empty(), options.readAfter(), new ReadEnd());
        this.pipe = kernel.memory().kzalloc("pipe_inode_info", 192);
        this.label = kernel.pages().holder("pipe to " + reader + " (page reference only)");
    }

    @Override
    @KernelFunction("tcp_v4_rcv")
    public void take(int skb) {
        if (enqueue(skb)) {
            process.wake();
        }
    }

    @Override
    @KernelFunction("tcp_splice_read")
    public void read() {
        int count = 0;
        int before = pages.size();
        while (!pipeClosed && pages.size() < SLOTS && sockets[0].peek() >= 0) {
            count += spliceBits(sockets[0].peek()) ? 1 : 0;
        }
        if (pages.size() > before) {
            kernel.trace().emit(HolderEvents.TO_REFERENCE, name, pages.size() - before);
            reader.wake();
        }
        sink.letGo(name, count, "splice");
    }

    /** Moves fragments into free slots; true if the packet is used up and freed. */
    @KernelFunction("skb_splice_bits")
    private boolean spliceBits(int skb) {
        pipe.write("bufs");
        int fragments = skbs.frags(skb);
        int first = pages.size();
        while (fragment < fragments && pages.size() < SLOTS) {
            int page = skbs.page(skb, fragment++);
            kernel.pages().get(page);
            pages.add(page);
        }
        if (fragment < fragments) {
            return false;
        }
        fragment = 0;
        for (int i = first; i < pages.size(); i++) {
            kernel.pages().heldBy(pages.get(i), label);
        }
        buffers.releaseDeferred(sockets[0].dequeue());
        return true;
    }

    /** The process at the other end. */
    private final class ReadEnd implements Process.Files {
        @Override
        @KernelFunction("pipe_read")
        public void read() {
            empty();
            if (sockets[0].size() > 0) {
                process.wake();
            }
        }

        /** The splicing process dies of SIGPIPE. */
        @Override
        @KernelFunction("pipe_release")
        public void close() {
            empty();
            pipeClosed = true;
            kernel.memory().free(pipe);
            process.kill();
        }

        private void empty() {
            pipe.write("bufs");
            while (!pages.isEmpty()) {
                kernel.pages().put(pages.remove());
            }
        }
    }

    @Override
    public void on(HolderEvent event) {
        super.on(event);
        switch (event) {
            case HolderEvent.ProcessExit exit when reader.matches(exit.process()) -> reader.kill();
            case HolderEvent.NamespaceExit exit -> reader.kill();
            default -> { }
        }
    }

    @Override
    String state() {
        return "pipe full or splice to come";
    }

    @Override
    @KernelFunction("tcp_close")
    public void close() {
        closeAll("process exit");
    }

    /** Pages in the pipe: plain references, which hold no mapping. */
    public int referenced() {
        return pages.size();
    }
}
