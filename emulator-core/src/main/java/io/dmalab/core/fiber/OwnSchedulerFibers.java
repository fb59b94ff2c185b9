package io.dmalab.core.fiber;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * Virtual threads whose scheduler is the loop's own thread: resuming one mounts it right here, so a switch costs some hundred nanoseconds
 * and no other thread takes part. Uses the JDK's package-private constructor for virtual threads with a scheduler of one's own.
 */
final class OwnSchedulerFibers extends Fibers {
    private static final Constructor<?> BUILDER = builder();

    /** How long a fiber may wait for something outside its machine, such as a class that another machine is loading. */
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Thread.Builder.OfVirtual threads;
    private final long patienceNanos;
    private Thread loop;
    private Runnable ready;
    /** Continuations that another thread has made runnable. */
    private final Queue<Runnable> returned = new ConcurrentLinkedQueue<>();

    OwnSchedulerFibers() {
        this(PATIENCE_NANOS);
    }

    OwnSchedulerFibers(long patienceNanos) {
        this.patienceNanos = patienceNanos;
        if (BUILDER == null) {
            throw new IllegalStateException("needs --add-opens java.base/java.lang=io.dmalab.core");
        }
        try {
            threads = (Thread.Builder.OfVirtual) BUILDER.newInstance((Executor) this::ready);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK's virtual threads take no scheduler", e);
        }
    }

    static boolean available() {
        return BUILDER != null;
    }

    private static Constructor<?> builder() {
        try {
            Constructor<?> constructor =
                    Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder").getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            return constructor;
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            return null;
        }
    }

    /**
     * The JDK hands over the continuation of a fiber that may run. That is the loop's own doing, unless the fiber had to wait for a monitor
     * or a lock that a thread outside this machine held: then that thread brings it back.
     */
    private void ready(Runnable continuation) {
        if (Thread.currentThread() == loop) {
            ready = continuation;
        } else {
            returned.add(continuation);
            LockSupport.unpark(loop);
        }
    }

    @Override
    Thread thread(String name, Runnable body) {
        return threads.name(name).unstarted(body);
    }

    @Override
    void run(Fiber fiber) {
        loop = Thread.currentThread();
        wake(fiber);
        while (fiber.running) {
            next(fiber).run();
        }
    }

    /**
     * What runs next. While a fiber waits for something outside its machine nothing else of the machine runs, so that its order stays the
     * same.
     */
    private Runnable next(Fiber fiber) {
        Runnable own = ready;
        if (own != null) {
            ready = null;
            return own;
        }
        long deadline = System.nanoTime() + patienceNanos;
        while (true) {
            Runnable continuation = returned.poll();
            if (continuation != null) {
                return continuation;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new IllegalStateException("fiber " + fiber.name + " blocks its thread by other means than suspend()");
            }
            LockSupport.parkNanos(this, left);
        }
    }

    @Override
    void park(Fiber fiber) {
        fiber.running = false;
        while (!fiber.running) {
            LockSupport.park();
        }
    }

    @Override
    void ended(Fiber fiber) {
        fiber.running = false;
    }
}
