package io.dmalab.core.run;

import io.dmalab.core.explore.Names;
import io.dmalab.core.explore.Sampling;
import io.dmalab.core.explore.Sampling.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
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

    /** Gets what every execution came to, on the calling thread, in order. */
    @FunctionalInterface
    interface Sink {
        /** False if no more are wanted. */
        boolean accept(Outcome outcome);
    }

    private final Ahead.Execution execution;
    private final boolean stopsAtFinding;
    private final ExecutorService pool;
    /** A view of the numbers of contexts and places for each thread. */
    private final BlockingQueue<Names> names;
    /** Executions behind this one need not be made any more. */
    private final AtomicLong last = new AtomicLong(Long.MAX_VALUE);

    /** @param shared numbers of the exploration @param stopsAtFinding nothing is wanted behind the first execution with a finding */
    Samples(int jobs, Names shared, boolean stopsAtFinding, Ahead.Execution execution) {
        this.execution = execution;
        this.stopsAtFinding = stopsAtFinding;
        this.pool = Executors.newFixedThreadPool(jobs, Thread.ofPlatform().name("sample-", 0).daemon().factory());
        this.names = new ArrayBlockingQueue<>(jobs);
        for (int i = 0; i < jobs; i++) {
            names.add(shared.view());
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
        while (!chunks.isEmpty()) {
            for (Outcome outcome : get(chunks.remove())) {
                sampling.seen(outcome.shape());
                if (!sink.accept(outcome)) {
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
                Outcome outcome = execution.run(own, sampling.execution(number, known));
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
