package io.dmalab.core.fiber;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

/**
 * Virtual threads whose scheduler is the loop's own thread: resuming one mounts it right here, so a switch costs some hundred nanoseconds
 * and no other thread takes part. Uses the JDK's package-private constructor for virtual threads with a scheduler of one's own.
 */
final class OwnSchedulerFibers extends Fibers {
    private static final Constructor<?> BUILDER = builder();

    private final Thread.Builder.OfVirtual threads;
    private Thread loop;
    private Runnable ready;
    private volatile Thread intruder;

    OwnSchedulerFibers() {
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

    /** The JDK hands over the continuation of a fiber that may run. Only the loop itself may be the cause. */
    private void ready(Runnable continuation) {
        if (Thread.currentThread() != loop) {
            intruder = Thread.currentThread();
            return;
        }
        ready = continuation;
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
            if (continuation == null) {
                throw new IllegalStateException(intruder == null
                        ? "fiber " + fiber.name + " blocks its thread by other means than suspend()"
                        : "fiber " + fiber.name + " was woken by the foreign thread " + intruder.getName());
            }
            continuation.run();
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
