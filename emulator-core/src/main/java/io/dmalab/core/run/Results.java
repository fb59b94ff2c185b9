package io.dmalab.core.run;

import java.util.Optional;

/** Figures of runs that need not be run again. Called from several threads at once. */
public interface Results {
    /** Knows nothing and keeps nothing. */
    Results NONE = new Results() {
        @Override
        public Optional<Sample> find(RunRequest request) {
            return Optional.empty();
        }

        @Override
        public void add(RunRequest request, Sample sample) {}
    };

    /** The figures of a run of the same scenario, policy, seed, changes and model. */
    Optional<Sample> find(RunRequest request);

    /** A run has just ended. */
    void add(RunRequest request, Sample sample);
}
