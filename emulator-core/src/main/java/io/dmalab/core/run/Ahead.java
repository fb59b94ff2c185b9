package io.dmalab.core.run;

import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.Names;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the executions of a search, and meanwhile, on further threads, those that it is going to ask for. It gets what they came to when it asks,
 * in its own order, so that the number of threads decides nothing but the time it takes.
 */
final class Ahead implements AutoCloseable {
    /** Executions for each job that are made and have not been asked for yet, at most. */
    static final int KEPT = 32;

    /** Runs a machine once. Called from several threads at once, each with names of its own. */
    @FunctionalInterface
    interface Execution {
        Outcome run(Names names, Chooser chooser);
    }

    /** What came of an execution, or how it failed. */
    private record Made(Outcome outcome, Throwable failure) {
        Outcome get() {
            switch (failure) {
                case null -> {
                    return outcome;
                }
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        }
    }

    private final int jobs;
    private final Names names;
    private final Execution execution;
    private final List<Thread> threads = new ArrayList<>();
    /** The lock of all that follows. */
    private final Object lock = new Object();
    private final Deque<Chooser> wishes = new ArrayDeque<>();
    private final Set<Chooser> begun = new LinkedHashSet<>();
    private final Map<Chooser, Made> made = new LinkedHashMap<>();
    private boolean closed;

    /** @param jobs executions at the same time, at least 1 @param names of the calling thread */
    Ahead(int jobs, Names names, Execution execution) {
        this.jobs = jobs;
        this.names = names;
        this.execution = execution;
    }

    /** How many of those that come next are of use. */
    int most() {
        return jobs == 1 ? 0 : jobs * KEPT;
    }

    /**
     * Runs the wanted one, unless that has been done.
     *
     * @param next what will be wanted later, the next first
     * @throws InterruptedException if the calling thread is interrupted while another one runs it
     */
    Outcome of(Chooser wanted, List<Chooser> next) throws InterruptedException {
        Chooser mine;
        synchronized (lock) {
            mine = begun.add(wanted) ? wanted : null;
            wishes.clear();
            next.stream().filter(chooser -> !begun.contains(chooser)).forEach(wishes::add);
            lock.notifyAll();
        }
        start(next.size());
        while (true) {
            if (mine != null) {
                put(mine, run(mine, names));
            }
            synchronized (lock) {
                Made result = made.remove(wanted);
                if (result != null) {
                    begun.remove(wanted);
                    return result.get();
                }
                mine = wish();
                if (mine == null) {
                    lock.wait();
                }
            }
        }
    }

    /** Threads are made when there is something to do for them. */
    private void start(int wanted) {
        while (threads.size() < Math.min(wanted, jobs - 1)) {
            Names own = names.view();
            threads.add(Thread.ofPlatform().name("ahead-" + threads.size()).daemon().start(() -> work(own)));
        }
    }

    private void work(Names own) {
        while (true) {
            Chooser mine;
            synchronized (lock) {
                for (mine = wish(); mine == null; mine = wish()) {
                    if (closed) {
                        return;
                    }
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
            put(mine, run(mine, own));
        }
    }

    /** The next that nobody has begun; null if there is none, or enough has been made. */
    private Chooser wish() {
        Chooser first = begun.size() > most() ? null : wishes.poll();
        if (first != null) {
            begun.add(first);
        }
        return first;
    }

    private Made run(Chooser chooser, Names own) {
        try {
            return new Made(execution.run(own, chooser), null);
        } catch (RuntimeException | Error e) {
            return new Made(null, e);
        }
    }

    private void put(Chooser chooser, Made result) {
        synchronized (lock) {
            made.put(chooser, result);
            lock.notifyAll();
        }
    }

    /** What is being made still is of no interest any more, but no thread is left behind. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            wishes.clear();
            lock.notifyAll();
        }
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threads) {
            interrupted |= !joined(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean joined(Thread thread) {
        boolean undisturbed = true;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                undisturbed = false;
            }
        }
        return undisturbed;
    }
}
