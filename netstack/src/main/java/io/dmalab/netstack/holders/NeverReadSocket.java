package io.dmalab.netstack.holders;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * TCP sockets that a process has open and never reads (net/ipv4/tcp_input.c, v6.14): a leaked socket, an application that forgot it.
 * Without reads the buffer never grows; what fits into it stays until the process ends. Left out: pruning when the socket is full, for it
 * finds nothing to collapse in packets whose truesize is sensible.
 */
public final class NeverReadSocket extends TcpSockets {
    /** What can be set. */
    public record Options(
            @Option(value = "app", doc = "name of the process that has the sockets open") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(value = "128KiB", doc = "receive buffer of a socket, in bytes of truesize (tcp_rmem[1])") ByteSize receiveBuffer) {
        public Options {
            Checks.range("sockets", sockets, 1, 65536);
        }
    }

    @Inject
    public NeverReadSocket(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, options.receiveBuffer().bytes(), options.sockets(), options.process(), Optional.empty(),
                new HoldTime.Forever());
    }

    @Override
    String state() {
        return "never read";
    }

    /** Nobody waits for the data. */
    @Override
    void dataReady(SockQueue socket) {}

    @Override
    public void read() {}
}
