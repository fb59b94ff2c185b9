package io.dmalab.netstack.holders;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * TCP sockets whose reader stops in the middle of its work (kernel/signal.c SIGSTOP, a debugger, a deadlock in the application;
 * net/ipv4/tcp.c, v6.14): it reads like {@code tcp-receive-queue} at first, then not for a long time or never again. The buffer is as large
 * as the reading made it.
 */
public final class StuckSocket extends TcpReceiveQueue implements EventTarget {
    /** What can be set. */
    public record Options(
            @Option(value = "java", doc = "name of the process that reads") String process,
            @Option(value = "1", doc = "sockets of the process, 1 to 65536; flows are spread over them") int sockets,
            @Option(doc = "CPU on which the process runs; by default one of the last ones") Optional<Integer> cpu,
            @Option(value = "1s", doc = "how long it reads, counted from its first packet, before it stops") Span runsFor,
            @Option(value = "forever", doc = "how long it is stopped; forever: until it is killed") HoldTime stuckFor,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }", doc = "time from the first unread packet to the read")
                    HoldTime readAfter,
            @Option(value = "128KiB", doc = "receive buffer at first, in bytes of truesize (tcp_rmem[1])") ByteSize receiveBuffer,
            @Option(value = "6MiB", doc = "largest receive buffer (tcp_rmem[2])") ByteSize receiveBufferMax) {
        TcpReceiveQueue.Options reader() {
            return new TcpReceiveQueue.Options(process, sockets, cpu, readAfter, receiveBuffer, receiveBufferMax);
        }

        public Options {
            new TcpReceiveQueue.Options(process, sockets, cpu, readAfter, receiveBuffer, receiveBufferMax);
        }
    }

    private static final int STOP = 0;
    private static final int RESUME = 1;

    private final Options options;
    private final RandomStream random;
    private boolean begun;

    @Inject
    public StuckSocket(PacketSink sink, Processes processes, InstanceStreams streams, Options options) {
        super(sink, processes, options.reader());
        this.options = options;
        this.random = streams.next("holder stuck-socket");
    }

    @Override
    public void take(int skb) {
        if (!begun) {
            begun = true;
            later(options.runsFor().nanos(), STOP);
        }
        super.take(skb);
    }

    @Override
    public void fire(long what) {
        if (what == STOP) {
            process.stop();
            later(options.stuckFor().sample(random), RESUME);
        } else {
            process.resume();
        }
    }

    private void later(long nanos, int what) {
        long due = Times.after(kernel.clock().now(), nanos);
        if (due != Times.NEVER) {
            kernel.sched().at(due, ContextKind.TIMER, process.cpu(), this, what);
        }
    }
}
