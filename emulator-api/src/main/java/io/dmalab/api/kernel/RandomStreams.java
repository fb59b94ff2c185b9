package io.dmalab.api.kernel;

/** Named random streams split from the run's seed. A stream depends on the seed and its name only, never on creation order. */
public interface RandomStreams {
    RandomStream stream(String name);
}
