package io.dmalab.core.fiber;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Virtual threads whose scheduler is the loop's own thread: resuming one mounts it right here, so a switch costs some hundred nanoseconds
 * and no other thread takes part. Uses the JDK's package-private constructor for virtual threads with a scheduler of one's own.
 */
final class OwnSchedulerFibers extends Fibers {
    private static final Constructor<?> BUILDER = builder();

    /** How long a fiber may block its thread by other means than suspend() before that is taken for a mistake. */
    private static final long BLOCKED_NANOS = 30_000_000_000L;

    private final Thread.Builder.OfVirtual threads;
    private final long blockedNanos;
    private final AtomicReference<Runnable> fromOutside = new AtomicReference<>();
    private Thread loop;
    private Runnable ready;

    OwnSchedulerFibers() {
        this(BLOCKED_NANOS);
    }

    OwnSchedulerFibers(long blockedNanos) {
        this.blockedNanos = blockedNanos;
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
     * The JDK hands over the continuation of a fiber that may run: on the loop's thread, or, when the fiber had to wait for a lock that another
     * machine's thread held (in a class loader, in the container), on a thread of the JDK's.
     */
    private void ready(Runnable continuation) {
        if (Thread.currentThread() == loop) {
            ready = continuation;
        } else {
            fromOutside.set(continuation);
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
        fiber.running = true;
        if (fiber.started) {
            LockSupport.unpark(fiber.thread);
        } else {
            fiber.started = true;
            fiber.thread.start();
        }
        while (fiber.running) {
            Runnable continuation = ready;
            ready = null;
            (continuation == null ? awaitOutside(fiber) : continuation).run();
        }
    }

    /** The fiber waits for a lock outside the machine: nothing else of the machine may run meanwhile, so that its order stays the same. */
    private Runnable awaitOutside(Fiber fiber) {
        long deadline = System.nanoTime() + blockedNanos;
        Runnable continuation = fromOutside.getAndSet(null);
        while (continuation == null) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new IllegalStateException("fiber " + fiber.name + " blocks its thread by other means than suspend()");
            }
            LockSupport.parkNanos(this, left);
            continuation = fromOutside.getAndSet(null);
        }
        return continuation;
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
