package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.net.HolderEvent;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * A TCP socket that got an RST in CLOSE_WAIT (net/ipv4/tcp_input.c tcp_reset, v6.12 to v6.19): the peer has closed, the application has
 * neither read nor closed, and then the peer's RST moves the socket to CLOSE without emptying its receive queue. In that state ss -K
 * no longer finds it, and while its file is open its namespace does not go either: only the close of the file descriptor frees the
 * packets.
 */
public final class CloseWait extends SocketHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "app", doc = "name of the process that has the socket open") String process,
            @Option(value = "100ms", doc = "time from the first packet to the peer's FIN and RST") Span resetAfter,
            @Option(value = "128KiB", doc = "receive buffer, in bytes of truesize (tcp_rmem[1])") ByteSize receiveBuffer) {}

    private final Options options;
    private boolean begun;
    private boolean reset;

    @Inject
    public CloseWait(PacketSink sink, Processes processes, Options options) {
        super(sink, processes, new Kind("tcp receive queue", "tcp_sock", options.receiveBuffer().bytes()), 1, options.process(),
                Optional.empty(), new HoldTime.Forever());
        this.options = options;
    }

    @Override
    @KernelFunction("tcp_v4_rcv")
    public void take(int skb) {
        if (!begun) {
            begun = true;
            long due = Times.after(kernel.clock().now(), options.resetAfter().nanos());
            if (due != Times.NEVER) {
                kernel.sched().at(due, ContextKind.SOFTIRQ, kernel.sched().cpu(), word -> tcpReset(), 0);
            }
        }
        if (reset) {
            sink.drop(skb, name);
        } else {
            enqueue(skb);
        }
    }

    @KernelFunction("tcp_reset")
    private void tcpReset() {
        reset = true;
        relabel();
    }

    @Override
    String state() {
        return reset ? "socket in CLOSE after an RST in CLOSE_WAIT" : "never read";
    }

    /** The process is never woken. */
    @Override
    public void read() {}

    @Override
    @KernelFunction("tcp_close")
    public void close() {
        closeAll("close of the file descriptor");
    }

    /** tcp_abort finds no socket in state CLOSE. */
    @Override
    public boolean destroy() {
        return !reset && super.destroy();
    }

    @Override
    public void on(HolderEvent event) {
        if (!(event instanceof HolderEvent.NamespaceExit)) {
            super.on(event);
        }
    }
}
