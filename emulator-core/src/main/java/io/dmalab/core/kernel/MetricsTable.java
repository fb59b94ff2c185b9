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

    private final List<Runnable> last = new ArrayList<>();

    MetricsTable() {}

    @Override
    public void atEnd(Runnable action) {
        last.add(action);
    }

    /** The run has ended: whoever counts what lasts adds it up now. Once. */
    public void end() {
        last.forEach(Runnable::run);
        last.clear();
    }

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
