package io.dmalab.core.random;

import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.RandomStreams;
import io.dmalab.core.time.StreamDigest;
import java.util.Map;
import java.util.TreeMap;

/** The named streams of one machine: each is seeded by the run's seed and its own name, so that a new stream never shifts another. */
public final class Streams implements RandomStreams {
    private final long seed;
    private final Map<String, Xoshiro> streams = new TreeMap<>();

    public Streams(long seed) {
        this.seed = seed;
    }

    @Override
    public RandomStream stream(String name) {
        return streams.computeIfAbsent(name, n -> new Xoshiro(Xoshiro.splitMix(seed) ^ StreamDigest.hash(n)));
    }

    /**
     * Digest of the numbers drawn so far: equal where the same streams have been drawn from equally often. A stream that was only asked for
     * does not count: whoever makes it ready, and never draws, has changed nothing.
     */
    public long drawn() {
        StreamDigest digest = new StreamDigest();
        streams.forEach((name, stream) -> {
            if (stream.drawn()) {
                digest.mixText(name);
                stream.mixInto(digest);
            }
        });
        return digest.value();
    }
}
