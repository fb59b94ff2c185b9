package io.dmalab.core;

import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Several explorations under way, each on a thread of its own, in their order as threads get free. */
final class Explorations {
    private volatile boolean interrupted;

    /** An interruption of the calling thread ends what has begun; it has the interrupt status then. @return without what had not begun */
    List<Exploration> run(List<Function<Explorer.Watch, Exploration>> asked, List<? extends Explorer.Watch> watches, int jobs) {
        ExecutorService pool = Executors.newFixedThreadPool(Math.clamp(asked.size(), 1, jobs),
                Thread.ofPlatform().name("explorer-", 0).daemon().factory());
        try {
            List<Future<Exploration>> running = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                Function<Explorer.Watch, Exploration> one = asked.get(i);
                Explorer.Watch asGiven = watches.get(i);
                Explorer.Watch watch = seen -> asGiven.executed(seen) && !interrupted;
                running.add(pool.submit(() -> interrupted ? null : one.apply(watch)));
            }
            List<Exploration> ended = new ArrayList<>();
            for (Future<Exploration> future : running) {
                Exploration exploration = get(future);
                if (exploration != null) {
                    ended.add(exploration);
                }
            }
            return ended;
        } finally {
            pool.shutdownNow();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> T get(Future<T> future) {
        while (true) {
            try {
                return future.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case RuntimeException r -> throw r;
                    case Error error -> throw error;
                    default -> throw new IllegalStateException(e.getCause());
                }
            }
        }
    }
}
