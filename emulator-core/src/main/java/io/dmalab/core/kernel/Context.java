package io.dmalab.core.kernel;

import io.dmalab.api.kernel.ContextKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;

/** What is running: a task, or the interrupt side of a CPU. Holds the state that the kernel keeps per task or per CPU: preemption depth, held locks. */
final class Context {
    private static final String[] NAMES =
            Arrays.stream(ContextKind.values()).map(kind -> kind.name().toLowerCase(Locale.ROOT)).toArray(String[]::new);

    /** The task; null on the interrupt side. */
    final SimTask task;
    ContextKind kind;
    int cpu;
    /** The spin lock taken last; it may be released by now. Those taken before hang on it. */
    private HeldSpin lastSpin;
    /** CPU time used and not yet slept off, in nanoseconds: how far this context is ahead of the clock. */
    long debt;
    /** Part of {@link #debt} that {@code takeDebt} has handed out already. */
    long taken;
    /** Depth of read sections of RCU. */
    int readSections;
    /** Outermost ones that have ended. */
    int readSectionsEnded;
    /** What the context works on, for {@code Workqueue:} lines and findings; empty if nothing. */
    String workqueue = "";
    /** Kernel name of the work or timer function being run. */
    String function = "";

    /** Sleeping locks held, in order of taking. */
    private int[] heldClasses = new int[4];
    private Object[] heldLocks = new Object[4];
    private int held;

    /**
     * A spin lock as its holder sees it. A lock has one holder, so the list of a context's locks runs through the locks themselves; one that
     * was alone and is released stays in the list, not taken, which costs releasing nothing.
     */
    abstract static class HeldSpin {
        final int lockClass;
        boolean taken;
        /** Who holds it, or held it last. */
        Context owner;
        HeldSpin below;
        /**
         * {@link #owner} if this is its {@link Context#lastSpin} and was taken with no other lock held. It can be released and taken again
         * with nothing to note down but that it is taken: the data path does little else. Null says nothing.
         */
        Context soleOf;

        HeldSpin(int lockClass) {
            this.lockClass = lockClass;
        }
    }

    Context(SimTask task, ContextKind kind, int cpu) {
        this.task = task;
        this.kind = kind;
        this.cpu = cpu;
    }

    boolean mustNotSleep() {
        return task == null || topSpin() != null || readSections > 0;
    }

    /** Number of spin locks held (preempt_count). */
    int atomicDepth() {
        int depth = 0;
        for (HeldSpin spin = topSpin(); spin != null; spin = spin.below) {
            depth++;
        }
        return depth;
    }

    /** The spin lock that was taken last of those held; the others follow through {@code below}. Null if none is held. */
    HeldSpin topSpin() {
        HeldSpin spin = lastSpin;
        return spin != null && spin.taken && spin.owner == this ? spin : null;
    }

    /** Class of every lock held. */
    void forEachHeld(IntConsumer lockClass) {
        for (HeldSpin spin = topSpin(); spin != null; spin = spin.below) {
            lockClass.accept(spin.lockClass);
        }
        for (int i = held - 1; i >= 0; i--) {
            lockClass.accept(heldClasses[i]);
        }
    }

    /** Sleeping locks held. */
    int sleepingLocks() {
        return held;
    }

    /** @param top what {@link #topSpin} returned */
    void push(HeldSpin spin, HeldSpin top) {
        noLongerSole();
        // mostly both are so already, and a look costs less than a store of a reference
        if (spin.below != top) {
            spin.below = top;
        }
        if (spin.owner != this) {
            spin.owner = this;
        }
        spin.taken = true;
        spin.soleOf = top == null && held == 0 ? this : null;
        lastSpin = spin;
    }

    private void noLongerSole() {
        HeldSpin spin = lastSpin;
        if (spin != null && spin.soleOf == this) {
            spin.soleOf = null;
        }
    }

    /** Spin locks are mostly released in the opposite order of taking; any other is allowed. */
    void pop(HeldSpin spin) {
        spin.taken = false;
        if (lastSpin == spin) {
            // whoever takes it next makes the link its own: what was held before must not hang on it
            lastSpin = spin.below == null ? spin : spin.below;
            return;
        }
        for (HeldSpin above = lastSpin; above != null; above = above.below) {
            if (above.below == spin) {
                above.below = spin.below;
                return;
            }
        }
    }

    void push(int lockClass, Object lock) {
        noLongerSole();
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
        return task == null ? NAMES[kind.ordinal()] : task.toString();
    }

    /** Task, CPU and work, e.g. {@code kworker/3:1, CPU 3, workqueue events page_pool_release_retry}. */
    String where() {
        String who = task == null ? NAMES[kind.ordinal()] : task.comm();
        String work = workqueue.isEmpty() ? "" : ", workqueue " + workqueue + " " + function;
        return who + ", CPU " + cpu + work;
    }
}
