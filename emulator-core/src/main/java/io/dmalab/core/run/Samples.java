package io.dmalab.core.run;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Harm;
import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Recorder;
import io.dmalab.core.explore.Sampling;
import io.dmalab.core.explore.Sampling.Shape;
import io.dmalab.core.explore.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs executions of a strategy that draws, several at the same time, and hands on in their order what they came to. What an execution does
 * depends on its number and on the shape of those in earlier blocks, so the number of jobs decides nothing but the time it takes.
 */
final class Samples implements AutoCloseable {
    /** Executions of one block know nothing of each other's shape. */
    static final int BLOCK_MAX = 256;
    /** Executions that a thread makes before it hands them on. */
    private static final int CHUNK = 8;

    /** Runs a machine once. Called from several threads at once, each with names of its own. */
    @FunctionalInterface
    interface Execution {
        RunResult run(Names names, Chooser chooser);
    }

    /** Gets what every execution came to, on the calling thread, in order. */
    @FunctionalInterface
    interface Sink {
        /** False if no more are wanted. */
        boolean accept(long number, Outcome outcome);
    }

    /**
     * What one execution came to.
     *
     * @param end      why it ended
     * @param findings the forbidden ones
     */
    record Outcome(String end, Shape shape, List<FindingRecord> findings) {}

    private final Execution execution;
    private final boolean stopsAtFinding;
    private final Harm harm;
    private final ExecutorService pool;
    /** Numbers of contexts and places are a thread's own. */
    private final BlockingQueue<Names> names;
    /** Executions behind this one need not be made any more. */
    private final AtomicLong last = new AtomicLong(Long.MAX_VALUE);

    /** @param stopsAtFinding nothing is wanted behind the first execution with a finding */
    Samples(int jobs, boolean stopsAtFinding, Harm harm, Execution execution) {
        this.execution = execution;
        this.stopsAtFinding = stopsAtFinding;
        this.harm = harm;
        this.pool = Executors.newFixedThreadPool(jobs, Thread.ofPlatform().name("sample-", 0).daemon().factory());
        this.names = new ArrayBlockingQueue<>(jobs);
        for (int i = 0; i < jobs; i++) {
            names.add(new Names());
        }
    }

    /** Runs executions {@code from} to {@code from + count - 1}. @return false if the sink wants no more */
    boolean block(Sampling sampling, long from, int count, Sink sink) throws InterruptedException {
        Shape known = sampling.shape();
        Queue<Future<List<Outcome>>> chunks = new ArrayDeque<>();
        for (long first = from; first < from + count; first += CHUNK) {
            long begin = first;
            long end = Math.min(first + CHUNK, from + count);
            chunks.add(pool.submit(() -> chunk(sampling, known, begin, end)));
        }
        long number = from;
        while (!chunks.isEmpty()) {
            for (Outcome outcome : get(chunks.remove())) {
                sampling.seen(outcome.shape());
                if (!sink.accept(number++, outcome)) {
                    last.set(-1);
                    return false;
                }
            }
        }
        return true;
    }

    private List<Outcome> chunk(Sampling sampling, Shape known, long from, long end) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        Names own = names.take();
        try {
            for (long number = from; number < end && number <= last.get(); number++) {
                Outcome outcome = one(sampling.execution(number, known), own);
                outcomes.add(outcome);
                if (stopsAtFinding && !outcome.findings().isEmpty()) {
                    last.accumulateAndGet(number, Math::min);
                }
            }
        } finally {
            names.add(own);
        }
        return outcomes;
    }

    private Outcome one(Chooser chooser, Names own) {
        Recorder recorder = new Recorder(chooser);
        RunResult result = execution.run(own, recorder);
        BitSet contexts = new BitSet();
        for (Step step : recorder.steps()) {
            contexts.set(step.context());
        }
        return new Outcome(result.end(), new Shape(recorder.steps().size(), contexts.cardinality()), Explorer.forbidden(result, harm).toList());
    }

    private static <T> T get(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException r -> throw r;
                case Error error -> throw error;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** What is being made still is of no interest any more, but no thread is left behind. */
    @Override
    public void close() {
        last.set(-1);
        pool.close();
    }
}
