package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;

/** IPv6 reassembly (net/ipv6/reassembly.c, v6.14); see {@link Reassembly}. Connection tracking defragments in the same way. */
public final class Ipv6Frag extends Reassembly {
    /** What can be set. */
    public record Options(
            @Option(value = "1", doc = "fragments of each datagram that arrive before the missing one") int fragments,
            @Option(value = "forever", doc = "time from the first fragment of a datagram to the missing one; forever: it is lost")
                    HoldTime completeAfter,
            @Option(value = "60s", doc = "life of an incomplete datagram, counted from its first fragment") Span timeout,
            @Option(value = "4MiB", doc = "memory limit of all datagrams, in bytes of truesize (ip6frag_high_thresh)")
                    ByteSize highThresh) {
        public Options {
            Checks.range("fragments", fragments, 1, 8192);
            Checks.range("timeout in ms", timeout.nanos() / 1_000_000, 1, 86_400_000);
        }
    }

    @Inject
    public Ipv6Frag(PacketSink sink, InstanceStreams streams, Options options) {
        super(sink, streams.next("holder ipv6-frag"), new Protocol("ipv6 reassembly queue, a fragment is missing", "ip6_frag_expire",
                options.fragments(), options.timeout().nanos() / 1_000_000, options.highThresh().bytes(), options.completeAfter()));
    }

    @Override
    @KernelFunction("ipv6_frag_rcv")
    public void take(int skb) {
        ip6FragQueue(skb);
    }

    @KernelFunction("ip6_frag_queue")
    private void ip6FragQueue(int skb) {
        queue(skb);
    }

    @Override
    @KernelFunction("ip6_frag_expire")
    void expire(FragQueue queue) {
        timedOut(queue);
    }

    @Override
    @KernelFunction("ip6_frag_reasm")
    void complete(FragQueue queue) {
        reassembled(queue);
    }
}
