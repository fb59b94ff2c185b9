package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Packets that end on the defer-free list of the CPU that received them (net/core/skbuff.c skb_attempt_defer_free, v6.14): a reader on
 * another CPU reads them at once and hands their freeing back to that CPU, where they lie until it runs net_rx_action. Up to half the list
 * stays without any kick; on a CPU that has gone idle that is for ever. What this holder counts are the packets before that; the lists
 * themselves belong to the stack. It differs from {@code tcp-receive-queue} only in that its reader is prompt.
 */
public final class DeferList extends TcpSockets {
    /** What can be set. */
    public record Options(
            @Option(value = "memcached", doc = "name of the process that reads") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(doc = "CPU on which the process runs, not one that receives; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "20us", doc = "time from the first unread packet to the read") HoldTime readAfter,
            @Option(value = "6MiB", doc = "receive buffer of a socket, in bytes of truesize") ByteSize receiveBuffer) {
        public Options {
            Checks.range("sockets", sockets, 1, 65536);
        }
    }

    @Inject
    public DeferList(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, options.receiveBuffer().bytes(), options.sockets(), options.process(), options.cpu(), options.readAfter());
    }

    @Override
    void dataReady(SockQueue socket) {
        process.wake();
    }

    @Override
    String state() {
        return "reader prompt, on CPU " + process.cpu();
    }

    @Override
    @KernelFunction("tcp_recvmsg_locked")
    public void read() {
        for (SockQueue socket : sockets) {
            drain(socket, true, "read");
        }
    }
}
