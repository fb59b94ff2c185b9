package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The receive queue of TCP sockets with a reader (net/ipv4/tcp_input.c, tcp.c, v6.14). The reader is woken by the first packet, comes after
 * a time, reads all there is and frees it with skb_attempt_defer_free, so that a packet which another CPU received may stay on that CPU's
 * defer list. The buffer begins at tcp_rmem[1] and grows with what a read copies, up to tcp_rmem[2] (dynamic right-sizing, here without the
 * round-trip time). Left out: sequence numbers, the window that would slow the sender down, coalescing in the queue.
 */
public class TcpReceiveQueue extends TcpSockets {
    /** What can be set. */
    public record Options(
            @Option(value = "iperf3", doc = "name of the process that reads") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }",
                    doc = "time from the first unread packet to the read; forever: it never reads") HoldTime readAfter,
            @Option(value = "128KiB", doc = "receive buffer at first, in bytes of truesize (tcp_rmem[1])") ByteSize receiveBuffer,
            @Option(value = "6MiB", doc = "largest receive buffer (tcp_rmem[2])") ByteSize receiveBufferMax) {
        public Options {
            Checks.range("sockets", sockets, 1, 65536);
            if (receiveBufferMax.compareTo(receiveBuffer) < 0) {
                throw new IllegalArgumentException("receive-buffer-max is less than receive-buffer; use at least " + receiveBuffer);
            }
        }
    }

    private final Options options;

    @Inject
    public TcpReceiveQueue(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, options.receiveBuffer().bytes(), options.sockets(), options.process(), options.cpu(), options.readAfter());
        this.options = options;
    }

    @Override
    void dataReady(SockQueue socket) {
        process.wake();
    }

    @Override
    @KernelFunction("tcp_recvmsg_locked")
    public void read() {
        for (SockQueue socket : sockets) {
            long copied = socket.charged();
            drain(socket, true, "read");
            long wanted = Math.min(2 * copied, options.receiveBufferMax().bytes());
            socket.limit(Math.max(socket.limit(), wanted));
        }
    }
}
