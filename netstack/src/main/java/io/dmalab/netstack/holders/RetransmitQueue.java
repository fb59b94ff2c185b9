package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
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
import java.util.Optional;

/**
 * Received data on its way out again in the retransmit queue of a TCP socket: a proxy that splices, zero-copy transmission
 * (net/ipv4/tcp_output.c, tcp_input.c tcp_clean_rtx_queue, v6.14). It stays until the peer acknowledges it. A peer that never does is given
 * up after tcp_retries2, some 924 s; when the process has exited the socket is an orphan and is given up earlier. Left out: congestion
 * control, partial acknowledgements.
 */
public final class RetransmitQueue implements BufferHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "haproxy", doc = "name of the process that forwards") String process,
            @Option(value = "{ log-normal: { median: 300us, p99: 30ms } }",
                    doc = "time from transmission to acknowledgement; forever: the peer is lost") HoldTime ackAfter,
            @Option(value = "4MiB", doc = "send buffer, in bytes of truesize (tcp_wmem[2])") ByteSize sendBuffer) {}

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
    private final Process process;
    private final KernelObject sock;
    private final DelayLine line;
    private final RetransmitTimer timer;
    private final int label;
    private final long name;
    private long charged;
    private boolean gone;

    @Inject
    public RetransmitQueue(PacketSink sink, Processes processes, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder retransmit-queue");
        this.process = processes.start(options.process(), Optional.empty(), new HoldTime.Forever(), new Files());
        this.sock = kernel.memory().kzalloc("tcp_sock", 2048);
        this.line = new DelayLine(kernel, this::tcpCleanRtxQueue);
        this.timer = new RetransmitTimer(kernel, this::tcpWriteErr);
        this.label = kernel.pages().holder(reason());
        this.name = sink.name(reason());
    }

    /** The socket outlives its process. */
    private final class Files implements Process.Files {
        @Override
        public void read() {}

        @Override
        @KernelFunction("tcp_close")
        public void close() {
            if (line.size() > 0 && !gone) {
                timer.stop();
                timer.start(RetransmitTimer.ORPHAN_RETRIES);
            }
        }
    }

    @Override
    @KernelFunction("tcp_sendmsg_locked")
    public void take(int skb) {
        if (gone || process.isExiting()) {
            sink.drop(skb, name);
            return;
        }
        sock.write("tcp_rtx_queue");
        if (charged > options.sendBuffer().bytes()) {
            sink.drop(skb, name);
            return;
        }
        charged += buffers.truesize(skb);
        buffers.heldBy(skb, label);
        line.add(skb, Times.after(kernel.clock().now(), options.ackAfter().sample(random)), kernel.sched().cpu());
        if (line.stuck()) {
            timer.start(RetransmitTimer.RETRIES);
        }
    }

    /** An acknowledgement covers the packet. */
    @KernelFunction("tcp_clean_rtx_queue")
    private void tcpCleanRtxQueue(int skb) {
        sock.write("tcp_rtx_queue");
        release(skb);
        if (line.size() == 0) {
            timer.stop();
        } else if (line.stuck()) {
            timer.start(process.isExiting() ? RetransmitTimer.ORPHAN_RETRIES : RetransmitTimer.RETRIES);
        }
    }

    @KernelFunction("tcp_write_err")
    private void tcpWriteErr() {
        purge("connection timed out");
    }

    @KernelFunction("tcp_write_queue_purge")
    private void purge(String cause) {
        sock.write("tcp_rtx_queue");
        sink.letGo(name, line.clear(this::release), cause);
    }

    private void release(int skb) {
        charged -= buffers.truesize(skb);
        buffers.release(skb);
    }

    @Override
    public void on(HolderEvent event) {
        switch (event) {
            case HolderEvent.ProcessExit exit when process.matches(exit.process()) -> process.kill();
            case HolderEvent.NamespaceExit exit when !gone -> {
                gone = true;
                timer.stop();
                process.kill();
                purge("namespace exit");
                kernel.memory().free(sock);
            }
            default -> { }
        }
    }

    @Override
    public String reason() {
        return "tcp retransmit queue of " + process + ", not acknowledged yet";
    }

    @Override
    public int held() {
        return line.size();
    }
}
