package io.dmalab.core.run;

import io.dmalab.core.time.StreamDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs policies x seeds, in parallel, each machine on a thread of its own. The result does not depend on the number of jobs. */
public final class Comparer {
    /** Runs that are under way or finished and not yet summarised: bounds what is kept in memory. */
    private static final int WINDOW = 64;

    /** Runs one machine. Called from several threads at once. */
    @FunctionalInterface
    public interface Run {
        RunResult run(int policy, long seed);
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
     * If the calling thread is interrupted, the result is made of the seeds that are finished for every policy.
     *
     * @param policies   names of the policies, at least one; {@code run} gets the index
     * @param firstSeed  seeds are consecutive from here
     * @param seeds      at least 1
     * @param eachResult sees every result in order of seed and policy, e.g. to write it out; results themselves are not kept
     * @throws CancellationException if the thread is interrupted before one seed is finished
     */
    public Comparison compare(String scenario, List<String> policies, long firstSeed, int seeds, Run run, Consumer<RunResult> eachResult) {
        if (policies.isEmpty() || seeds < 1) {
            throw new IllegalArgumentException("at least one policy and one seed are needed");
        }
        ExecutorService pool = Executors.newFixedThreadPool(jobs, Thread.ofPlatform().name("machine-", 0).daemon().factory());
        try {
            return new Work(scenario, policies, firstSeed, seeds, run, eachResult, pool).all();
        } finally {
            pool.shutdownNow();
        }
    }

    /** One comparison under way. Seeds are outermost, so that an interruption leaves whole seeds for every policy. */
    private final class Work {
        private final String scenario;
        private final long firstSeed;
        private final int seeds;
        private final int width;
        private final Run run;
        private final Consumer<RunResult> eachResult;
        private final ExecutorService pool;
        private final PolicySummary[] summaries;
        private final StreamDigest digest = new StreamDigest();
        private final Queue<Future<RunResult>> pending = new ArrayDeque<>();
        private final AtomicInteger done = new AtomicInteger();
        private int submitted;

        Work(String scenario, List<String> policies, long firstSeed, int seeds, Run run, Consumer<RunResult> eachResult,
                ExecutorService pool) {
            this.scenario = scenario;
            this.firstSeed = firstSeed;
            this.seeds = seeds;
            this.width = policies.size();
            this.run = run;
            this.eachResult = eachResult;
            this.pool = pool;
            this.summaries = policies.stream().map(PolicySummary::new).toArray(PolicySummary[]::new);
        }

        Comparison all() {
            RunResult[] row = new RunResult[width];
            for (int seed = 0; seed < seeds; seed++) {
                try {
                    for (int policy = 0; policy < width; policy++) {
                        submit();
                        row[policy] = get(pending.remove());
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return interrupted(seed);
                }
                summarise(row);
            }
            return result(seeds);
        }

        private void summarise(RunResult[] row) {
            for (int policy = 0; policy < width; policy++) {
                summaries[policy].add(row[policy]);
                digest.mix(row[policy].digest());
                eachResult.accept(row[policy]);
            }
        }

        private void submit() {
            int total = seeds * width;
            while (submitted < total && pending.size() < Math.max(WINDOW, 4 * jobs)) {
                int policy = submitted % width;
                long seed = firstSeed + submitted / width;
                submitted++;
                pending.add(pool.submit(() -> {
                    RunResult result = run.run(policy, seed);
                    progress.finished(done.incrementAndGet(), total);
                    return result;
                }));
            }
        }

        private Comparison interrupted(int finished) {
            if (finished == 0) {
                throw new CancellationException("interrupted before the first seed was finished");
            }
            return result(finished);
        }

        private Comparison result(int finished) {
            return new Comparison(scenario, firstSeed, finished, seeds, Arrays.asList(summaries), digest.value());
        }
    }

    private static RunResult get(Future<RunResult> future) throws InterruptedException {
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
