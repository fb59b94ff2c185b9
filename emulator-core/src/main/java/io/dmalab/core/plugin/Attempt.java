package io.dmalab.core.plugin;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs code of a plugin that is being loaded, on a thread of its own. It may take its time, but not for ever, and must leave no thread
 * behind.
 */
final class Attempt<T> implements Runnable {
    private final Code<T> code;
    private T result;
    private Throwable failure;

    /** What is tried. */
    @FunctionalInterface
    interface Code<T> {
        T run() throws Unusable;
    }

    private Attempt(Code<T> code) {
        this.code = code;
    }

    /**
     * @param what the code is, as in {@code its register()}
     * @throws Unusable if it says so, does not come back, or leaves a thread behind
     */
    static <T> T at(String what, Code<T> code) throws Unusable {
        Attempt<T> attempt = new Attempt<>(code);
        Thread thread = LeftThreads.thread("plugin", attempt);
        ThreadGroup group = thread.getThreadGroup();
        thread.start();
        attempt.await(what, thread);
        T result = attempt.outcome();
        List<Thread> left = LeftThreads.by(thread, group);
        if (!left.isEmpty()) {
            throw new Unusable(what + " has left the thread '" + left.getFirst().getName() + "' running", "a plugin starts no threads",
                    null);
        }
        return result;
    }

    @Override
    public void run() {
        try {
            result = code.run();
        } catch (Unusable | RuntimeException | Error e) {
            failure = e;
        }
    }

    /** An interruption is kept for whoever looks for one: it is the user's, and no fault of the plugin. */
    private void await(String what, Thread thread) throws Unusable {
        int seconds = Stall.seconds();
        boolean interrupted = false;
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        try {
            while (thread.isAlive()) {
                try {
                    if (seconds == 0) {
                        thread.join();
                    } else if (!thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                        throw new Unusable(what + " has not returned within " + seconds + " s" + where(thread),
                                "repair the plugin or remove it", null);
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The innermost method that is not the JDK's. */
    private static String where(Thread thread) {
        return Stream.of(thread.getStackTrace()).filter(frame -> !frame.getClassName().matches("(java|jdk|sun)\\..*")).findFirst()
                .map(frame -> ", it is in " + frame).orElse("");
    }

    private T outcome() throws Unusable {
        switch (failure) {
            case Unusable e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {
                return result;
            }
        }
    }
}
