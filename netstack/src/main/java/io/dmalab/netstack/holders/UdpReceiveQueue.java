package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The receive queue of UDP or raw sockets (net/ipv4/udp.c, v6.14): rmem_default bytes of truesize, then packets are dropped. The reader
 * frees in its own context; the defer list is not used by UDP in this generation. Left out: the reader queue's batching and memory reclaim
 * thresholds.
 */
public final class UdpReceiveQueue extends SocketHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "named", doc = "name of the process that reads") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }",
                    doc = "time from the first unread packet to the read; forever: it never reads") HoldTime readAfter,
            @Option(value = "208KiB", doc = "receive buffer of a socket, in bytes of truesize (net.core.rmem_default)")
                    ByteSize receiveBuffer) {
        public Options {
            Checks.range("sockets", sockets, 1, 65536);
        }
    }

    @Inject
    public UdpReceiveQueue(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, new Kind("udp receive queue", "udp_sock", options.receiveBuffer().bytes()), options.sockets(),
                options.process(), options.cpu(), options.readAfter());
    }

    @Override
    @KernelFunction("udp_rcv")
    public void take(int skb) {
        udpEnqueueScheduleSkb(skb);
    }

    @KernelFunction("__udp_enqueue_schedule_skb")
    private void udpEnqueueScheduleSkb(int skb) {
        if (enqueue(skb)) {
            process.wake();
        }
    }

    @Override
    @KernelFunction("udp_recvmsg")
    public void read() {
        for (SockQueue socket : sockets) {
            drain(socket, false, "read");
        }
    }

    @Override
    @KernelFunction("udp_lib_close")
    public void close() {
        closeAll("process exit");
    }
}
