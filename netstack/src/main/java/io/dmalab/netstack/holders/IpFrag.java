package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;

/** IPv4 reassembly (net/ipv4/ip_fragment.c, v6.14); see {@link Reassembly}. Left out: the ICMP message at expiry. */
public final class IpFrag extends Reassembly {
    /** What can be set. */
    public record Options(
            @Option(value = "1", doc = "fragments of each datagram that arrive before the missing one") int fragments,
            @Option(value = "forever", doc = "time from the first fragment of a datagram to the missing one; forever: it is lost")
                    HoldTime completeAfter,
            @Option(value = "30s", doc = "life of an incomplete datagram, counted from its first fragment") Span timeout,
            @Option(value = "4MiB", doc = "memory limit of all datagrams, in bytes of truesize (ipfrag_high_thresh)") ByteSize highThresh) {
        public Options {
            Checks.range("fragments", fragments, 1, 8192);
            Checks.range("timeout in ms", timeout.nanos() / 1_000_000, 1, 86_400_000);
        }
    }

    @Inject
    public IpFrag(PacketSink sink, InstanceStreams streams, Options options) {
        super(sink, streams.next("holder ip-frag"), new Protocol("ipv4 reassembly queue, a fragment is missing", "ip_expire",
                options.fragments(), options.timeout().nanos() / 1_000_000, options.highThresh().bytes(), options.completeAfter()));
    }

    @Override
    @KernelFunction("ip_defrag")
    public void take(int skb) {
        ipFragQueue(skb);
    }

    @KernelFunction("ip_frag_queue")
    private void ipFragQueue(int skb) {
        queue(skb);
    }

    @Override
    @KernelFunction("ip_expire")
    void expire(FragQueue queue) {
        timedOut(queue);
    }

    @Override
    @KernelFunction("ip_frag_reasm")
    void complete(FragQueue queue) {
        reassembled(queue);
    }
}
