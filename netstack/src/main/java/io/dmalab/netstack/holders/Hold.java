package io.dmalab.netstack.holders;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.Optional;

/** Each packet for a time that is drawn from one distribution: for measured hold times and for holders that no other extension models. */
public final class Hold extends TimedHold {
    /** What can be set. */
    public record Options(
            @Option(doc = "how long each packet is held") HoldTime time,
            @Option(value = "unknown holder", doc = "who holds them and why, for reports") String reason,
            @Option(doc = "name of a process whose exit frees them; none: no exit does") Optional<String> process) {}

    private final HoldTime time;
    private final RandomStream random;

    @Inject
    public Hold(PacketSink sink, InstanceStreams streams, Options options) {
        super(sink, options.reason(), options.process());
        this.time = options.time();
        this.random = streams.next("holder hold");
    }

    @Override
    long draw(long now) {
        return time.sample(random);
    }
}
