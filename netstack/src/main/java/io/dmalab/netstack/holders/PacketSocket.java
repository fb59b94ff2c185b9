package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The queue of an AF_PACKET socket (net/packet/af_packet.c, v6.14). What waits in it is a clone: it shares the data with the packet that
 * goes on to its protocol, and as the last of the two to be freed it is what keeps the pages. With a memory-mapped ring the data is copied
 * at once and nothing is held. Left out: filters, fan-out, the ring's own size.
 */
public final class PacketSocket extends SocketHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "tcpdump", doc = "name of the process that reads") String process,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }",
                    doc = "time from the first unread packet to the read; forever: it never reads") HoldTime readAfter,
            @Option(value = "208KiB", doc = "receive buffer, in bytes of truesize (net.core.rmem_default)") ByteSize receiveBuffer,
            @Option(value = "off", doc = "the socket has a memory-mapped ring: packets are copied and not held") boolean mmapRing) {}

    private final boolean copies;

    @Inject
    public PacketSocket(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, new Kind("packet socket queue (clones)", "packet_sock", options.receiveBuffer().bytes()), 1,
                options.process(), options.cpu(), options.readAfter());
        this.copies = options.mmapRing();
    }

    @Override
    @KernelFunction("packet_rcv")
    public void take(int skb) {
        if (copies) {
            tpacketRcv(skb);
        } else if (enqueue(skb)) {
            process.wake();
        }
    }

    @KernelFunction("tpacket_rcv")
    private void tpacketRcv(int skb) {
        buffers.release(skb);
    }

    @Override
    @KernelFunction("packet_recvmsg")
    public void read() {
        drain(sockets[0], false, "read");
    }

    @Override
    @KernelFunction("packet_release")
    public void close() {
        closeAll("process exit");
    }
}
