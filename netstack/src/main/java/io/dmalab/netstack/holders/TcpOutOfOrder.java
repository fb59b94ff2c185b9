package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The out-of-order queue of TCP sockets (net/ipv4/tcp_input.c tcp_data_queue_ofo, tcp_timer.c, v6.14): the packet before the first one is
 * missing, and nothing behind the gap can be read. The gap is filled when the peer sends that packet again; then the reader is woken and
 * reads all of it. If the peer never does, the connection ends when its own unacknowledged data has timed out: after some 924 s the reader
 * gets the error and closes. Under memory pressure this queue is pruned first. A new gap opens with the next packet. Left out: sequence
 * numbers, SACK.
 */
public final class TcpOutOfOrder extends SocketHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "iperf3", doc = "name of the process that reads") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "forever", doc = "time from the first packet behind a gap to the one that fills it; forever: the peer is lost")
                    HoldTime filledAfter,
            @Option(value = "200us", doc = "time from a filled gap, or an error, to the read") HoldTime readAfter,
            @Option(value = "6MiB", doc = "receive buffer of a socket, in bytes of truesize") ByteSize receiveBuffer) {
        public Options {
            Checks.range("sockets", sockets, 1, 65536);
        }
    }

    private final Options options;
    private final RandomStream random;
    private final Connection[] connections;

    @Inject
    public TcpOutOfOrder(PacketSink sink, Processes processes, InstanceStreams streams, Options options) {
        super(sink, processes, new Kind("tcp out-of-order queue", "tcp_sock", options.receiveBuffer().bytes()), options.sockets(),
                options.process(), options.cpu(), options.readAfter());
        this.options = options;
        this.random = streams.next("holder tcp-out-of-order");
        this.connections = new Connection[options.sockets()];
        for (int i = 0; i < connections.length; i++) {
            connections[i] = new Connection(sockets[i]);
        }
    }

    /** What is known of one socket's gap. */
    private final class Connection {
        private final SockQueue socket;
        private final RetransmitTimer retransmit = new RetransmitTimer(kernel, this::writeError);
        private boolean gap;
        private boolean readable;
        private String why = "";
        private long fill = -1;

        Connection(SockQueue socket) {
            this.socket = socket;
        }

        void queued() {
            if (gap || readable) {
                return;
            }
            gap = true;
            long due = Times.after(kernel.clock().now(), options.filledAfter().sample(random));
            if (due == Times.NEVER) {
                retransmit.start(RetransmitTimer.RETRIES);
            } else {
                fill = kernel.sched().at(due, ContextKind.SOFTIRQ, kernel.sched().cpu(), word -> ofoQueue(), 0);
            }
        }

        /** The missing packet is there: everything behind it moves to the receive queue. */
        @KernelFunction("tcp_ofo_queue")
        private void ofoQueue() {
            readyWith("gap filled");
        }

        /** ETIMEDOUT: the reader will find it and close the socket. */
        @KernelFunction("tcp_write_err")
        private void writeError() {
            readyWith("connection timed out");
        }

        private void readyWith(String cause) {
            fill = -1;
            gap = false;
            readable = true;
            why = cause;
            process.wake();
        }

        void read() {
            if (readable) {
                readable = false;
                drain(socket, true, why);
            }
        }

        void forget() {
            gap = false;
            readable = false;
            retransmit.stop();
            kernel.sched().cancel(fill);
        }
    }

    @Override
    @KernelFunction("tcp_v4_rcv")
    public void take(int skb) {
        tcpDataQueueOfo(skb);
    }

    @KernelFunction("tcp_data_queue_ofo")
    private void tcpDataQueueOfo(int skb) {
        if (enqueue(skb)) {
            connections[sockets.length == 1 ? 0 : Math.floorMod(buffers.flow(skb), sockets.length)].queued();
        }
    }

    @Override
    String state() {
        return "behind a gap";
    }

    @Override
    @KernelFunction("tcp_recvmsg_locked")
    public void read() {
        for (Connection connection : connections) {
            connection.read();
        }
    }

    @Override
    @KernelFunction("tcp_close")
    public void close() {
        forgetGaps();
        closeAll("process exit");
    }

    private void forgetGaps() {
        for (Connection connection : connections) {
            connection.forget();
        }
    }

    @Override
    public boolean destroy() {
        forgetGaps();
        return super.destroy();
    }

    @Override
    public void on(HolderEvent event) {
        super.on(event);
        if (event instanceof HolderEvent.MemoryPressure && !isClosed()) {
            pruneOfoQueue();
        }
    }

    /** From the end of the queue; the sender has to send it all again. */
    @KernelFunction("tcp_prune_ofo_queue")
    private void pruneOfoQueue() {
        for (Connection connection : connections) {
            int pruned = 0;
            for (int skb = connection.socket.dequeueTail(); skb >= 0; skb = connection.socket.dequeueTail()) {
                buffers.release(skb);
                pruned++;
            }
            connection.forget();
            sink.letGo(name, pruned, "memory pressure");
        }
    }
}
