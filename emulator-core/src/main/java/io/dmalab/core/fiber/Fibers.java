package io.dmalab.core.fiber;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The fibers of one machine. One of them runs at a time, while the loop that resumed it waits; so a machine is single-threaded, whichever
 * threads carry it.
 *
 * <p>Two mechanisms with the same order of execution: {@link OwnSchedulerFibers} is fast and needs {@code --add-opens
 * java.base/java.lang=io.dmalab.core}; {@link HandoverFibers} needs nothing. The system property {@code dmalab.fibers} ({@code auto},
 * {@code scheduler}, {@code handover}) chooses.
 *
 * <p>Code in a fiber must not block its thread by other means (Thread.sleep, foreign locks, I/O), and must not suspend inside a static
 * initialiser.
 */
public abstract sealed class Fibers implements AutoCloseable permits OwnSchedulerFibers, HandoverFibers {
    /** In order of creation, so that closing is deterministic. */
    private final Set<Fiber> live = new LinkedHashSet<>();

    private Fiber current;

    /** The fastest mechanism that works here. */
    public static Fibers create() {
        String wanted = System.getProperty("dmalab.fibers", "auto");
        return switch (wanted) {
            case "auto" -> OwnSchedulerFibers.available() ? new OwnSchedulerFibers() : new HandoverFibers();
            case "scheduler" -> new OwnSchedulerFibers();
            case "handover" -> new HandoverFibers();
            default -> throw new IllegalArgumentException("dmalab.fibers=" + wanted + "; use auto, scheduler or handover");
        };
    }

    /** Name of the mechanism that {@link #create()} takes here. */
    public static String mechanism() {
        try (Fibers fibers = create()) {
            return fibers instanceof OwnSchedulerFibers ? "scheduler" : "handover";
        }
    }

    /** A new fiber; it starts with its first {@link Fiber#resume()}. */
    public final Fiber fiber(String name, Runnable body) {
        Fiber fiber = new Fiber(this, name, body);
        live.add(fiber);
        return fiber;
    }

    /** The running fiber, null while the loop runs. */
    public final Fiber current() {
        return current;
    }

    /** The thread that carries the running fiber, {@code loop} while there is none. A guess, if another thread asks. */
    public final Thread carrier(Thread loop) {
        Fiber running = current;
        return running == null ? loop : running.thread;
    }

    /** Number of fibers that have not ended. */
    public final int live() {
        return live.size();
    }

    /** Gives control back to the loop until the running fiber is resumed. @throws IllegalStateException outside a fiber */
    public final void suspend() {
        Fiber fiber = current;
        if (fiber == null || Thread.currentThread() != fiber.thread) {
            throw new IllegalStateException("suspend() outside a fiber");
        }
        if (fiber.killed) {
            throw new Fiber.Killed();
        }
        park(fiber);
        if (fiber.killed) {
            throw new Fiber.Killed();
        }
    }

    final void resume(Fiber fiber) {
        if (current != null) {
            throw new IllegalStateException("fiber " + current.name + " is running");
        }
        if (fiber.done) {
            throw new IllegalStateException("fiber " + fiber.name + " has ended");
        }
        current = fiber;
        try {
            run(fiber);
        } finally {
            current = null;
        }
        if (fiber.done) {
            live.remove(fiber);
            rethrow(fiber.failure);
        }
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** Unwinds every fiber that has not ended. */
    @Override
    public void close() {
        while (!live.isEmpty()) {
            Fiber fiber = live.iterator().next();
            fiber.killed = true;
            if (fiber.started) {
                try {
                    resume(fiber);
                } catch (RuntimeException | Error ignored) {
                    // a body that throws while it is being unwound: its machine's result stands already
                }
            }
            // also one that cannot be resumed any more: its thread is garbage from here on
            live.remove(fiber);
        }
    }

    /** Makes the thread that will carry {@code body}, not started. */
    abstract Thread thread(String name, Runnable body);

    /** Runs the fiber until it parks or ends. On the loop's thread. */
    abstract void run(Fiber fiber);

    /** The fiber's thread may go on. */
    static void wake(Fiber fiber) {
        fiber.running = true;
        if (fiber.started) {
            LockSupport.unpark(fiber.thread);
        } else {
            fiber.started = true;
            fiber.thread.start();
        }
    }

    /** Parks the running fiber until {@link #run} is called for it again. On the fiber's thread. */
    abstract void park(Fiber fiber);

    /** The fiber's body has ended. On the fiber's thread. */
    abstract void ended(Fiber fiber);
}
