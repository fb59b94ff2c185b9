package io.dmalab.core.kernel;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.RwSemaphore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A fair reader/writer semaphore (kernel/locking/rwsem.c, v6.14): whoever arrives behind a waiter waits behind it, readers too. Left out:
 * reader optimistic spinning and the hand-off bit.
 */
final class SimRwSemaphore extends SleepingLock implements RwSemaphore {
    private record Waiter(SimTask task, boolean writer) {}

    private final ArrayDeque<Waiter> queue = new ArrayDeque<>();
    /** Tasks that hold it for reading, once for each time. */
    private final List<SimTask> readers = new ArrayList<>();
    private SimTask writer;

    SimRwSemaphore(SimScheduler sched, Lockdep lockdep, String name) {
        super(sched, lockdep, name);
    }

    @Override
    @KernelFunction("down_read")
    public void downRead() {
        SimTask task = taker("down_read");
        if (sched.controller != null) {
            sched.controller.share(number, name, () -> writer == null);
        }
        if (writer == null && queue.isEmpty()) {
            readers.add(task);
        } else {
            queue.add(new Waiter(task, false));
            int before = times(task);
            while (times(task) == before) {
                sched.block(task, this, true);
            }
        }
        task.context.push(lockClass, this);
    }

    @Override
    public void upRead() {
        SimTask task = sched.current.task;
        if (!readers.remove(task)) {
            throw new IllegalStateException("rw-semaphore " + name + " is not held for reading by " + sched.current.name());
        }
        task.context.pop(this);
        if (sched.controller != null) {
            sched.controller.unshare(number);
        }
        admit();
    }

    @Override
    @KernelFunction("down_write")
    public void downWrite() {
        SimTask task = taker("down_write");
        if (sched.controller != null) {
            sched.controller.acquire(number, name, () -> writer == null && readers.isEmpty());
            sched.touch(number, Controller.SHARED, false);
        }
        if (writer == null && readers.isEmpty() && queue.isEmpty()) {
            writer = task;
        } else {
            queue.add(new Waiter(task, true));
            while (writer != task) {
                sched.block(task, this, true);
            }
        }
        task.context.push(lockClass, this);
    }

    @Override
    public void upWrite() {
        SimTask task = sched.current.task;
        if (writer == null || writer != task) {
            throw new IllegalStateException("rw-semaphore " + name + " is not held for writing by " + sched.current.name());
        }
        task.context.pop(this);
        writer = null;
        if (sched.controller != null) {
            sched.controller.release(number);
        }
        admit();
    }

    /** Lets in the first waiter, and with a reader all readers right behind it. */
    private void admit() {
        while (!queue.isEmpty() && writer == null) {
            Waiter first = queue.peek();
            if (first.writer() && !readers.isEmpty()) {
                return;
            }
            queue.poll();
            if (first.writer()) {
                writer = first.task();
            } else {
                readers.add(first.task());
            }
            sched.wake(first.task());
        }
    }

    private int times(SimTask task) {
        int times = 0;
        for (SimTask reader : readers) {
            times += reader == task ? 1 : 0;
        }
        return times;
    }

    @Override
    public String describe() {
        return "rw-semaphore " + name;
    }

    /** The writer that holds it and those who wait in front; for a waiting writer, the readers that hold it too. */
    @Override
    public void blockers(SimTask waiter, Consumer<SimTask> sink) {
        if (writer != null) {
            sink.accept(writer);
        }
        for (Waiter waiting : queue) {
            if (waiting.task() == waiter) {
                if (waiting.writer()) {
                    readers.forEach(sink);
                }
                return;
            }
            sink.accept(waiting.task());
        }
    }
}
