package io.dmalab.core.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs variants x seeds, in parallel, each machine on a thread of its own. The result does not depend on the number of jobs. */
public final class Comparer {
    /** Runs that are under way or finished and not yet handed on: bounds what is kept in memory. */
    private static final int WINDOW = 64;

    /** Runs one machine. Called from several threads at once. */
    @FunctionalInterface
    public interface Run {
        /** @return the run's figures; empty if that variant cannot be run */
        Optional<Sample> run(int variant, int round);
    }

    /** Gets the figures of every run, on the calling thread, in order of round and variant, and whole rounds only. */
    @FunctionalInterface
    public interface Sink {
        void accept(int variant, Optional<Sample> sample);
    }

    private final int jobs;
    private final Progress progress;

    /** @param jobs machines that run at the same time, at least 1 */
    public Comparer(int jobs, Progress progress) {
        if (jobs < 1) {
            throw new IllegalArgumentException("jobs must be at least 1, not " + jobs);
        }
        this.jobs = jobs;
        this.progress = progress;
    }

    /**
     * Rounds are outermost, so that an interruption leaves whole rounds for every variant.
     *
     * @param variants at least 1
     * @param rounds   at least 1: a round is one seed
     * @return rounds that are finished; fewer than asked for if the calling thread was interrupted, whose status is set then
     */
    public int run(int variants, int rounds, Run run, Sink sink) {
        if (variants < 1 || rounds < 1) {
            throw new IllegalArgumentException("at least one variant and one round are needed");
        }
        ExecutorService pool = Executors.newFixedThreadPool(jobs, Thread.ofPlatform().name("machine-", 0).daemon().factory());
        try {
            return new Work(variants, rounds, run, pool).all(sink);
        } finally {
            pool.shutdownNow();
        }
    }

    /** One comparison under way. */
    private final class Work {
        private final int variants;
        private final int rounds;
        private final Run run;
        private final ExecutorService pool;
        private final Queue<Future<Optional<Sample>>> pending = new ArrayDeque<>();
        private final AtomicInteger done = new AtomicInteger();
        private int submitted;

        Work(int variants, int rounds, Run run, ExecutorService pool) {
            this.variants = variants;
            this.rounds = rounds;
            this.run = run;
            this.pool = pool;
        }

        int all(Sink sink) {
            for (int round = 0; round < rounds; round++) {
                List<Optional<Sample>> row = new ArrayList<>(variants);
                try {
                    for (int variant = 0; variant < variants; variant++) {
                        submit();
                        row.add(get(pending.remove()));
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return round;
                }
                for (int variant = 0; variant < variants; variant++) {
                    sink.accept(variant, row.get(variant));
                }
            }
            return rounds;
        }

        private void submit() {
            int total = Math.multiplyExact(rounds, variants);
            while (submitted < total && pending.size() < Math.max(WINDOW, 4 * jobs)) {
                int variant = submitted % variants;
                int round = submitted / variants;
                submitted++;
                pending.add(pool.submit(() -> {
                    Optional<Sample> sample = run.run(variant, round);
                    progress.finished(done.incrementAndGet(), total);
                    return sample;
                }));
            }
        }
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
}
