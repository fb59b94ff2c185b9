package io.dmalab.core;

import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** Runs a machine on a platform thread of its own, whatever thread the caller has: fibers need one. */
final class MachineThread<T> implements Runnable {
    private final Supplier<T> work;
    private T result;
    private Throwable failure;

    private MachineThread(Supplier<T> work) {
        this.work = work;
    }

    /** @throws CancellationException if the calling thread is interrupted; the machine is then left to itself on a daemon thread */
    static <T> T call(String name, Supplier<T> work) {
        MachineThread<T> machine = new MachineThread<>(work);
        Thread thread = Thread.ofPlatform().name(name).daemon().start(machine);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while a machine was running");
        }
        return machine.outcome();
    }

    @Override
    public void run() {
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private T outcome() {
        switch (failure) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {
                return result;
            }
        }
    }
}
