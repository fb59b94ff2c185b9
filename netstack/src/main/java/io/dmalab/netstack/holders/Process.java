package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventTarget;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.Task;
import io.dmalab.api.tracepoint.SchedEvents;

/**
 * A user process that reads packets, as far as the stack sees it (kernel/sched/wait.c, kernel/exit.c, v6.14): it sleeps until data is
 * there, gets to it after a time, reads all there is, and sleeps again. It may be stopped and continued, and it may be killed: then it
 * closes its files in its own context, on its own CPU. Left out: everything else a process does, the CPU time it takes, other signals.
 */
public final class Process implements EventTarget {
    /** What the process has open. Both calls: in the process's own context, which may sleep. */
    interface Files {
        /** Reads everything that is there. */
        void read();

        /** Closes the files; what they hold is freed. */
        void close();

        /** It has been stopped or goes on. In the context of whoever did it. */
        default void stateChanged() {}
    }

    /** Priority of an ordinary process in trace events. */
    private static final int PRIO = 120;
    private static final long NOT_ARMED = -1;

    private final Kernel kernel;
    private final HoldTime delay;
    private final RandomStream random;
    private final Files files;
    private final Completion signal;
    private final Task task;
    /** It has been woken, or never will be by itself, and need not be woken again. */
    private boolean woken;
    private long wakeUp = NOT_ARMED;
    private boolean stopped;
    private boolean exiting;

    /** @param delay from the moment it is woken to the moment it reads; forever: it never gets to it */
    Process(Kernel kernel, String comm, int cpu, HoldTime delay, RandomStream random, Files files) {
        this.kernel = kernel;
        this.delay = delay;
        this.random = random;
        this.files = files;
        this.signal = kernel.locks().completion(comm);
        this.task = kernel.sched().spawn(comm, cpu, this::run);
    }

    private void run() {
        while (true) {
            signal.awaitInterruptible();
            if (exiting) {
                doExit();
                return;
            }
            woken = false;
            files.read();
        }
    }

    @KernelFunction("do_exit")
    private void doExit() {
        kernel.trace().emit(SchedEvents.PROCESS_EXIT, kernel.trace().text(task.comm()), task.pid(), PRIO,
                kernel.trace().text("true"));
        files.close();
    }

    /** Data has come (sk_data_ready). Any context. */
    void wake() {
        if (woken || stopped || exiting) {
            return;
        }
        woken = true;
        long due = Times.after(kernel.clock().now(), delay.sample(random));
        if (due != Times.NEVER) {
            wakeUp = kernel.sched().at(due, ContextKind.TIMER, task.cpu(), this, 0);
        }
    }

    /** The time has come at which it runs. */
    @Override
    public void fire(long arg) {
        wakeUp = NOT_ARMED;
        signal.complete();
    }

    /** SIGSTOP: from now on it reads nothing. Any context. */
    public void stop() {
        stopped = true;
        disarm();
        woken = false;
        files.stateChanged();
    }

    /** SIGCONT: it goes on, and looks for data first. Any context. */
    public void resume() {
        if (stopped && !exiting) {
            stopped = false;
            files.stateChanged();
            wake();
        }
    }

    /** SIGKILL, which reaches a stopped process too: it closes everything it has open, soon. Any context. */
    void kill() {
        if (!exiting) {
            exiting = true;
            disarm();
            signal.complete();
        }
    }

    private void disarm() {
        if (wakeUp != NOT_ARMED) {
            kernel.sched().cancel(wakeUp);
            wakeUp = NOT_ARMED;
        }
    }

    public boolean isStopped() {
        return stopped;
    }

    /** It has been killed; its files are closed or about to be. */
    boolean isExiting() {
        return exiting;
    }

    public int pid() {
        return task.pid();
    }

    int cpu() {
        return task.cpu();
    }

    /** What the process is doing, for reports. */
    String state() {
        return exiting ? "exited" : stopped ? "stopped" : "asleep";
    }

    /** {@code name} is its name, its pid, both as {@link #toString} writes them, or empty, which means every process. */
    public boolean matches(String name) {
        return name.isEmpty() || name.equals(task.comm()) || name.equals(toString()) || name.equals(Integer.toString(task.pid()));
    }

    /** Name and pid, e.g. {@code iperf3[4711]}. */
    @Override
    public String toString() {
        return task.comm() + "[" + task.pid() + "]";
    }
}
