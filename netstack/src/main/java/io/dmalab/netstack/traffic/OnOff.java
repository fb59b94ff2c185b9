package io.dmalab.netstack.traffic;

import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Rate;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.net.Workload;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.Optional;

/** Bursts: while on, packets of one size at equal distances from flows that take turns; while off, nothing. Begins on. */
public final class OnOff implements Workload {
    /** What can be set. */
    public record Options(
            @Option(doc = "packets a second while on; instead of bit-rate") Optional<Rate> rate,
            @Option(doc = "bits a second on the wire while on, preamble and gaps included; instead of rate") Optional<BitRate> bitRate,
            @Option(value = "10ms", doc = "length of each burst; forever: it never ends") HoldTime on,
            @Option(value = "90ms", doc = "length of each pause; forever: nothing comes after the burst") HoldTime off,
            @Option(value = "1514B", doc = "bytes of a packet from the MAC header to the end of the payload, 60B to 64KiB")
                    ByteSize packetSize,
            @Option(value = "16", doc = "flows that take turns") int flows,
            @Option(value = "0s", doc = "time from the interface's coming up to the first packet") Span startAfter,
            @Option(value = "forever", doc = "time from the first packet to the end of the traffic") Span duration) {
        public Options {
            Pace.check(rate, bitRate, packetSize, flows);
            if (on.equals(new HoldTime.Constant(new Span(0))) || on instanceof HoldTime.Uniform u && u.max().nanos() == 0
                    || on instanceof HoldTime.Empirical e && e.values().stream().allMatch(s -> s.nanos() == 0)) {
                throw new IllegalArgumentException("on is always 0, so that no packet ever comes; use more than 0");
            }
        }
    }

    private final Options options;
    private final RandomStream random;
    private final double interval;
    private final double end;
    private final int bytes;
    private long first = -1;
    /** Begin and length of the burst, and how many packets of it have come; times are nanoseconds after the first packet. */
    private double burst;
    private double length = -1;
    private long index;
    private int flow;

    @Inject
    public OnOff(InstanceStreams streams, Options options) {
        this.options = options;
        this.random = streams.next("traffic on-off");
        this.interval = Pace.interval(options.rate(), options.bitRate(), options.packetSize());
        this.end = options.duration().isForever() ? Double.POSITIVE_INFINITY : options.duration().nanos();
        this.bytes = (int) options.packetSize().bytes();
        this.flow = options.flows() - 1;
    }

    @Override
    public void start(long now) {
        if (first < 0) {
            first = Pace.after(now, options.startAfter().nanos());
            length = draw(options.on());
        }
    }

    @Override
    public long next() {
        double offset = index * interval;
        while (offset >= length && burst < end) {
            burst += length + draw(options.off());
            length = draw(options.on());
            index = 0;
            offset = 0;
        }
        if (burst + offset >= end) {
            return Long.MAX_VALUE;
        }
        index++;
        flow = flow + 1 == options.flows() ? 0 : flow + 1;
        return Pace.after(first, burst + offset);
    }

    private double draw(HoldTime time) {
        long nanos = time.sample(random);
        return nanos == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : nanos;
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
