package io.dmalab.netstack;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.RandomStream;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives each instance of an extension a random stream of its own: the first holder of a kind draws the same numbers whether there is a
 * second or not.
 */
@MachineScoped
public final class InstanceStreams {
    private final Kernel kernel;
    private final Map<String, Integer> made = new TreeMap<>();

    @Inject
    public InstanceStreams(Kernel kernel) {
        this.kernel = kernel;
    }

    /** @param kind what is being made, e.g. {@code traffic poisson}; instances of a kind are told apart by their order of creation */
    public RandomStream next(String kind) {
        return kernel.random().stream(kind + " " + made.merge(kind, 1, Integer::sum));
    }
}
