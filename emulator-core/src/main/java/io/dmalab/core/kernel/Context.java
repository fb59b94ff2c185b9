package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import java.util.Arrays;

/** What is running: a task, or the interrupt side of a CPU. Holds the state that the kernel keeps per task or per CPU: preemption depth, held locks. */
final class Context {
    /** The task; null on the interrupt side. */
    final SimTask task;
    ContextKind kind;
    int cpu;
    /** Spin locks held (preempt_count). */
    int atomicDepth;
    /** CPU time used and not yet slept off, in nanoseconds: how far this context is ahead of the clock. */
    long debt;
    /** Part of {@link #debt} that {@code takeDebt} has handed out already. */
    long taken;
    /** What the context works on, for {@code Workqueue:} lines and findings; empty if nothing. */
    String workqueue = "";
    /** Kernel name of the work or timer function being run. */
    String function = "";

    private int[] heldClasses = new int[8];
    private Object[] heldLocks = new Object[8];
    private int held;

    Context(SimTask task, ContextKind kind, int cpu) {
        this.task = task;
        this.kind = kind;
        this.cpu = cpu;
    }

    boolean mustNotSleep() {
        return task == null || atomicDepth > 0;
    }

    int held() {
        return held;
    }

    int heldClass(int index) {
        return heldClasses[index];
    }

    boolean holds(Object lock) {
        for (int i = 0; i < held; i++) {
            if (heldLocks[i] == lock) {
                return true;
            }
        }
        return false;
    }

    void push(int lockClass, Object lock) {
        if (held == heldClasses.length) {
            heldClasses = Arrays.copyOf(heldClasses, held * 2);
            heldLocks = Arrays.copyOf(heldLocks, held * 2);
        }
        heldClasses[held] = lockClass;
        heldLocks[held++] = lock;
    }

    void pop(Object lock) {
        int i = held - 1;
        while (i >= 0 && heldLocks[i] != lock) {
            i--;
        }
        if (i < 0) {
            return;
        }
        held--;
        for (; i < held; i++) {
            heldClasses[i] = heldClasses[i + 1];
            heldLocks[i] = heldLocks[i + 1];
        }
        heldLocks[held] = null;
    }

    /** Short name for reports: {@code comm:pid} or the kind. */
    String name() {
        return task == null ? kind.name().toLowerCase(java.util.Locale.ROOT) : task.comm() + ":" + task.pid();
    }

    /** Task, CPU and work, e.g. {@code kworker/3:1, CPU 3, workqueue events page_pool_release_retry}. */
    String where() {
        String who = task == null ? kind.name().toLowerCase(java.util.Locale.ROOT) : task.comm();
        String work = workqueue.isEmpty() ? "" : ", workqueue " + workqueue + " " + function;
        return who + ", CPU " + cpu + work;
    }
}
