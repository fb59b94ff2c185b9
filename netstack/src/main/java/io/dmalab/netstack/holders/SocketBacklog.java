package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The backlog of TCP sockets whose owner is inside a system call and has the socket locked (net/core/sock.c sk_add_backlog and
 * __release_sock, v6.14): packets wait until it unlocks, and are then processed and read in its context. The limit is the kernel's: twice
 * the receive buffer, half the send buffer and 64 KiB. A stopped owner keeps the lock. Left out: coalescing at the tail.
 */
public final class SocketBacklog extends SocketHolder {
    private static final long EXTRA = 64 << 10;

    /** What can be set. */
    public record Options(
            @Option(value = "iperf3", doc = "name of the process that has the socket locked") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "{ exponential: { mean: 100us } }",
                    doc = "time from the first packet that finds the socket locked to the unlock; forever: the owner is stopped")
                    HoldTime lockedFor,
            @Option(value = "128KiB", doc = "receive buffer, in bytes of truesize") ByteSize receiveBuffer,
            @Option(value = "16KiB", doc = "send buffer, in bytes of truesize (tcp_wmem[1])") ByteSize sendBuffer) {
        public Options {
            Checks.range("sockets", sockets, 1, 65536);
        }
    }

    @Inject
    public SocketBacklog(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, new Kind("socket backlog", "tcp_sock", limit(options)), options.sockets(), options.process(), options.cpu(),
                options.lockedFor());
    }

    private static long limit(Options options) {
        return 2 * options.receiveBuffer().bytes() + options.sendBuffer().bytes() / 2 + EXTRA;
    }

    @Override
    @KernelFunction("tcp_v4_rcv")
    public void take(int skb) {
        tcpAddBacklog(skb);
    }

    @KernelFunction("tcp_add_backlog")
    private void tcpAddBacklog(int skb) {
        if (enqueue(skb)) {
            process.wake();
        }
    }

    @Override
    String state() {
        return "socket locked, owner " + (process.isStopped() ? "stopped" : "busy");
    }

    @Override
    @KernelFunction("release_sock")
    public void read() {
        for (SockQueue socket : sockets) {
            releaseSock(socket);
        }
    }

    @KernelFunction("__release_sock")
    private void releaseSock(SockQueue socket) {
        drain(socket, true, "unlock");
    }

    @Override
    @KernelFunction("tcp_close")
    public void close() {
        closeAll("process exit");
    }
}
