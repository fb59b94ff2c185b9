package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Metrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The counters of one machine, in order of first use. */
public final class MetricsTable implements Metrics {
    private final Map<String, Counter> counters = new LinkedHashMap<>();

    MetricsTable() {}

    @Override
    public Counter counter(String name) {
        return counters.computeIfAbsent(name, Counter::new);
    }

    public List<Counter> all() {
        return new ArrayList<>(counters.values());
    }

    /** The value of a counter; empty if nobody asked for it. Does not create it. */
    public OptionalLong value(String name) {
        Counter counter = counters.get(name);
        return counter == null ? OptionalLong.empty() : OptionalLong.of(counter.value());
    }
}
