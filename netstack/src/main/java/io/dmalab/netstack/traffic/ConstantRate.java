package io.dmalab.netstack.traffic;

import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Rate;
import io.dmalab.api.config.Span;
import io.dmalab.api.net.Workload;
import jakarta.inject.Inject;
import java.util.Optional;

/** Packets of one size at equal distances; flows take turns, a train of packets each. Arithmetic only: nothing is drawn. */
public final class ConstantRate implements Workload {
    /** What can be set. */
    public record Options(
            @Option(doc = "packets a second; instead of bit-rate") Optional<Rate> rate,
            @Option(doc = "bits a second on the wire, preamble and gaps included; instead of rate") Optional<BitRate> bitRate,
            @Option(value = "1514B", doc = "bytes of a packet from the MAC header to the end of the payload, 60B to 64KiB")
                    ByteSize packetSize,
            @Option(value = "16", doc = "flows that take turns") int flows,
            @Option(value = "1", doc = "packets of one flow in a row") int train,
            @Option(value = "0s", doc = "time from the interface's coming up to the first packet") Span startAfter,
            @Option(value = "forever", doc = "time from the first packet to the end of the traffic") Span duration) {
        public Options {
            Pace.check(rate, bitRate, packetSize, flows);
            if (train < 1) {
                throw new IllegalArgumentException("train " + train + " is out of range; use at least 1");
            }
        }
    }

    private final double interval;
    private final double end;
    private final int bytes;
    private final int flows;
    private final int train;
    private final long startAfter;
    private long first = -1;
    private long index;
    private int flow;
    private int leftOfTrain;

    @Inject
    public ConstantRate(Options options) {
        this.interval = Pace.interval(options.rate(), options.bitRate(), options.packetSize());
        this.end = options.duration().isForever() ? Double.POSITIVE_INFINITY : options.duration().nanos();
        this.bytes = (int) options.packetSize().bytes();
        this.flows = options.flows();
        this.train = options.train();
        this.startAfter = options.startAfter().nanos();
        this.flow = flows - 1;
    }

    @Override
    public void start(long now) {
        if (first < 0) {
            first = Pace.after(now, startAfter);
        }
    }

    @Override
    public long next() {
        // from the packet's number, not from the packet before: rounding never adds up
        double offset = index * interval;
        if (offset >= end) {
            return Long.MAX_VALUE;
        }
        index++;
        if (--leftOfTrain <= 0) {
            leftOfTrain = train;
            flow = flow + 1 == flows ? 0 : flow + 1;
        }
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
