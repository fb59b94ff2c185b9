package io.dmalab.netstack.traffic;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.net.Workload;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;

/**
 * Packets that come when they came in a recording: a list of times, or a text with a line for each packet that gives its time and, if they
 * differ, its size and its flow. Both stand in the scenario itself, so that a run needs nothing else to be repeated. May be repeated in a
 * loop.
 */
public final class Recorded implements Workload {
    /** What can be set. */
    public record Options(
            @Option(doc = "times of arrival, counted from the interface's coming up; instead of trace") List<Span> times,
            @Option(doc = "text with a line per packet or train: TIME [SIZE [FLOW [COUNT [GAP]]]], e.g. 12us 1514B 3, or 1ms - - 40 25us "
                    + "for 40 packets 25us apart; - is what is usual, # begins a comment; instead of times") Optional<String> trace,
            @Option(value = "1514B", doc = "bytes of packets whose line gives none, 60B to 64KiB") ByteSize packetSize,
            @Option(value = "1", doc = "flows that take turns where a line gives none") int flows,
            @Option(doc = "length of the recording, after which it begins again; none: it is played once") Optional<Span> repeatEvery) {
        public Options {
            Pace.check(packetSize, flows);
            if (times.isEmpty() == trace.isEmpty()) {
                throw new IllegalArgumentException("exactly one of times and trace is needed; write e.g. times: [10us, 25us, 1ms]");
            }
            Arrivals arrivals = arrivals(times, trace, packetSize);
            if (repeatEvery.isPresent() && repeatEvery.get().nanos() <= arrivals.end()) {
                throw new IllegalArgumentException("repeat-every " + repeatEvery.get() + " is not longer than the recording; use more than "
                        + new Span(arrivals.end()));
            }
        }

        private static Arrivals arrivals(List<Span> times, Optional<String> trace, ByteSize packetSize) {
            return trace.map(text -> Arrivals.of(text, packetSize)).orElseGet(() -> Arrivals.of(times, packetSize));
        }
    }

    private final Arrivals arrivals;
    private final int flows;
    private final long period;
    private long start = -1;
    private Arrivals.Train train;
    private int nextTrain;
    private int nextOfTrain;
    /** Packets so far: what flows take turns by. */
    private int index = -1;

    @Inject
    public Recorded(Options options) {
        this.arrivals = Options.arrivals(options.times(), options.trace(), options.packetSize());
        this.flows = options.flows();
        this.period = options.repeatEvery().map(Span::nanos).orElse(0L);
    }

    @Override
    public void start(long now) {
        if (start < 0) {
            start = now;
        }
    }

    @Override
    public long next() {
        if (train == null || nextOfTrain == train.count()) {
            if (nextTrain == arrivals.count()) {
                if (period == 0) {
                    return Long.MAX_VALUE;
                }
                nextTrain = 0;
                index = -1;
                start += period;
            }
            train = arrivals.train(nextTrain++);
            nextOfTrain = 0;
        }
        index++;
        return Pace.after(start, train.time(nextOfTrain++));
    }

    @Override
    public int bytes() {
        return train.bytes();
    }

    @Override
    public int flow() {
        return train.flow().orElseGet(() -> Integer.remainderUnsigned(index, flows));
    }
}
