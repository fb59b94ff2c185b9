package io.dmalab.netstack.traffic;

import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Rate;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.net.Workload;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.Optional;

/** Packets of one size that come independently of each other: exponential distances, and a flow at random for each. */
public final class Poisson implements Workload {
    /** What can be set. */
    public record Options(
            @Option(doc = "packets a second on average; instead of bit-rate") Optional<Rate> rate,
            @Option(doc = "bits a second on the wire on average, preamble and gaps included; instead of rate") Optional<BitRate> bitRate,
            @Option(value = "1514B", doc = "bytes of a packet from the MAC header to the end of the payload, 60B to 64KiB")
                    ByteSize packetSize,
            @Option(value = "16", doc = "flows, each as likely as the others") int flows,
            @Option(value = "0s", doc = "time from the interface's coming up to the begin of the traffic") Span startAfter,
            @Option(value = "forever", doc = "time from the begin to the end of the traffic") Span duration) {
        public Options {
            Pace.check(rate, bitRate, packetSize, flows);
        }
    }

    private final RandomStream random;
    private final double mean;
    private final double end;
    private final int bytes;
    private final int flows;
    private final long startAfter;
    private long first = -1;
    private double offset;
    private int flow;

    @Inject
    public Poisson(InstanceStreams streams, Options options) {
        this.random = streams.next("traffic poisson");
        this.mean = Pace.interval(options.rate(), options.bitRate(), options.packetSize());
        this.end = options.duration().isForever() ? Double.POSITIVE_INFINITY : options.duration().nanos();
        this.bytes = (int) options.packetSize().bytes();
        this.flows = options.flows();
        this.startAfter = options.startAfter().nanos();
    }

    @Override
    public void start(long now) {
        if (first < 0) {
            first = Pace.after(now, startAfter);
        }
    }

    @Override
    public long next() {
        offset += random.exponential(mean);
        if (offset >= end) {
            return Long.MAX_VALUE;
        }
        flow = random.nextInt(flows);
        return Pace.after(first, offset);
    }

    @Override
    public int bytes() {
        return bytes;
    }

    @Override
    public int flow() {
        return flow;
    }
}
