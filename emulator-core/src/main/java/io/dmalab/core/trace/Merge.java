package io.dmalab.core.trace;

import io.dmalab.api.observe.TraceRecord;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Puts events in order of time, as the kernel does with the buffers of its CPUs: a context that has used CPU time is ahead of the clock,
 * and the events of others come later with earlier times. Events of one time keep their order.
 */
final class Merge {
    /** A context is never further ahead than the CPU time it uses without sleeping. */
    private static final long SLACK_NANOS = 100_000_000L;

    private record Waiting(TraceRecord event, long sequence) {}

    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(
            Comparator.comparingLong((Waiting w) -> w.event().timeNanos()).thenComparingLong(Waiting::sequence));
    private final Consumer<TraceRecord> sink;
    private long sequence;
    private long newest;

    Merge(Consumer<TraceRecord> sink) {
        this.sink = sink;
    }

    void add(TraceRecord event) {
        waiting.add(new Waiting(event, sequence++));
        newest = Math.max(newest, event.timeNanos());
        while (waiting.peek().event().timeNanos() < newest - SLACK_NANOS) {
            sink.accept(waiting.poll().event());
        }
    }

    void finish() {
        while (!waiting.isEmpty()) {
            sink.accept(waiting.poll().event());
        }
    }
}
