package io.dmalab.core.run;

import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps the whole event stream of a run, to compare it with that of another. */
public final class EventLog implements Observer {
    private final List<Object> stream = new ArrayList<>();

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        stream.add(event);
    }

    @Override
    public void log(LogLine line) {
        stream.add(line);
    }

    /** The trace events, in order. */
    public List<TraceRecord> events() {
        return stream.stream().filter(TraceRecord.class::isInstance).map(TraceRecord.class::cast).toList();
    }

    /** The events of one type, e.g. {@code page_pool:page_pool_release}, in order. */
    public List<TraceRecord> named(String type) {
        return events().stream().filter(e -> e.type().name().equals(type)).toList();
    }

    public int size() {
        return stream.size();
    }

    /** Describes the first event that is not the same in {@code other}; empty if the streams are equal. */
    public Optional<String> firstDifference(EventLog other) {
        int common = Math.min(size(), other.size());
        for (int i = 0; i < common; i++) {
            if (!stream.get(i).equals(other.stream.get(i))) {
                return Optional.of("event " + i + ": " + stream.get(i) + " against " + other.stream.get(i));
            }
        }
        return size() == other.size() ? Optional.empty() : Optional.of("one stream ends after " + common + " events, the other goes on");
    }
}
