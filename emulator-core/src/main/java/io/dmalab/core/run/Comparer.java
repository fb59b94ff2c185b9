package io.dmalab.core.run;

import io.dmalab.core.time.StreamDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs policies x seeds, in parallel, each machine on a thread of its own. The result does not depend on the number of jobs. */
public final class Comparer {
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
     * @param policies   names of the policies; {@code run} gets the index
     * @param firstSeed  seeds are consecutive from here
     * @param eachResult sees every result in order of policy and seed, e.g. to write it out; results themselves are not kept
     */
    public Comparison compare(
            String scenario, List<String> policies, long firstSeed, int seeds, Run run, Consumer<RunResult> eachResult) {
        int total = policies.size() * seeds;
        AtomicInteger done = new AtomicInteger();
        List<Future<RunResult>> futures = new ArrayList<>(total);
        ExecutorService pool = Executors.newFixedThreadPool(jobs, Thread.ofPlatform().name("machine-", 0).daemon().factory());
        try {
            // seeds outermost, so that an interruption leaves whole seeds for every policy
            for (int i = 0; i < total; i++) {
                int policy = i % policies.size();
                long seed = firstSeed + i / policies.size();
                futures.add(pool.submit(() -> {
                    RunResult result = run.run(policy, seed);
                    progress.finished(done.incrementAndGet(), total);
                    return result;
                }));
            }
            return summarise(scenario, policies, firstSeed, seeds, futures, eachResult);
        } finally {
            pool.shutdownNow();
        }
    }

    private static Comparison summarise(String scenario, List<String> policies, long firstSeed, int seeds,
            List<Future<RunResult>> futures, Consumer<RunResult> eachResult) {
        PolicySummary[] summaries = policies.stream().map(PolicySummary::new).toArray(PolicySummary[]::new);
        StreamDigest digest = new StreamDigest();
        for (int i = 0; i < futures.size(); i++) {
            RunResult result = get(futures.get(i));
            futures.set(i, null);
            summaries[i % policies.size()].add(result);
            digest.mix(result.digest());
            eachResult.accept(result);
        }
        return new Comparison(scenario, firstSeed, seeds, Arrays.asList(summaries), digest.value());
    }

    private static RunResult get(Future<RunResult> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.util.concurrent.CancellationException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
