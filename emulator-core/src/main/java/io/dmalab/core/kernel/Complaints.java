package io.dmalab.core.kernel;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.observe.FindingRecord.Stack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the kernel says when a context misbehaves (kernel/sched/core.c, kernel/hung_task.c, kernel/exit.c), and the findings made of it. */
final class Complaints {
    private final KernelConfig config;
    private final SimScheduler sched;
    private final LogBuffer log;
    private final FindingLog findings;

    Complaints(KernelConfig config, SimScheduler sched, LogBuffer log, FindingLog findings) {
        this.config = config;
        this.sched = sched;
        this.log = log;
        this.findings = findings;
    }

    void sleepInAtomic(Context context, String function) {
        String where = context.topSpin() != null ? "task with a spin lock held" : "task in a read section of RCU";
        String subject = function + " in " + (context.task == null ? context.name() : where);
        if (findings.again(FindingKind.SLEEP_IN_ATOMIC, subject, "")) {
            return;
        }
        List<StackTraces.Frame> stack = StackTraces.capture();
        findings.report(FindingKind.SLEEP_IN_ATOMIC, subject, "", context.name() + " calls " + function
                + ", which may sleep, in atomic context",
                context.where(), List.of(new Stack("called by", context.name(), sched.now(), StackTraces.names(stack))));
        log.print(Level.ERR, String.format(Locale.ROOT, "BUG: scheduling while atomic: %s/%d/0x%08x",
                StackDump.comm(context), StackDump.pid(context), context.task == null ? 0x100 : context.atomicDepth()));
        log.dumpStack();
    }

    /** A task starts to wait: does it, through a chain of others that wait, wait for itself? */
    void blocked(SimTask task) {
        if (task.waitingFor == null) {
            return;
        }
        Map<SimTask, SimTask> waitsBehind = new LinkedHashMap<>();
        List<SimTask> queue = new ArrayList<>();
        task.waitingFor.blockers(task, b -> visit(b, task, waitsBehind, queue));
        for (int i = 0; i < queue.size(); i++) {
            SimTask other = queue.get(i);
            if (other == task) {
                deadlock(task, waitsBehind);
                return;
            }
            if (other.waitingFor != null) {
                other.waitingFor.blockers(other, b -> visit(b, other, waitsBehind, queue));
            }
        }
    }

    private static void visit(SimTask blocker, SimTask waiter, Map<SimTask, SimTask> waitsBehind, List<SimTask> queue) {
        if (waitsBehind.putIfAbsent(blocker, waiter) == null) {
            queue.add(blocker);
        }
    }

    private void deadlock(SimTask task, Map<SimTask, SimTask> waitsBehind) {
        List<SimTask> circle = new ArrayList<>(List.of(task));
        for (SimTask at = waitsBehind.get(task); at != task; at = waitsBehind.get(at)) {
            circle.addFirst(at);
        }
        circle.addFirst(circle.removeLast());
        StringBuilder detail = new StringBuilder();
        List<Stack> stacks = new ArrayList<>();
        for (SimTask member : circle) {
            detail.append(detail.isEmpty() ? "" : ", ").append(member).append(" waits for ").append(member.waitingFor.describe());
            List<StackTraces.Frame> frames = member == task ? StackTraces.capture() : member.blockedAt;
            stacks.add(new Stack("waiting", member.toString(), sched.now(), StackTraces.names(frames)));
        }
        findings.report(FindingKind.DEADLOCK, task.waitingFor.describe(), "", detail.toString(), task.context.where(), stacks);
    }

    /** A spin lock that its holder will not release: spinning on it never ends. */
    void spinsForEver(String lock, Context holder) {
        findings.report(FindingKind.DEADLOCK, "spin lock " + lock, sched.current.name() + " spins on " + lock + ", held by "
                + (holder == sched.current ? "itself" : holder.name() + ", which does not run"));
    }

    /** INFO: task ... blocked for more than ... seconds. */
    void hungTask(SimTask task, long seconds) {
        String what = task.waitingFor == null ? "" : " on " + task.waitingFor.describe();
        findings.report(FindingKind.HUNG_TASK, task.toString(), "", task + " blocked for more than " + seconds + " seconds" + what,
                task.context.where(), List.of(new Stack("blocked in", task.toString(), sched.now(), StackTraces.names(task.blockedAt))));
        log.err("INFO: task " + task.comm() + ":" + task.pid() + " blocked for more than " + seconds + " seconds.");
        log.err("      " + log.dump().taint().text() + " " + config.profile().release() + " "
                + config.profile().version().split(" ", 2)[0]);
        log.err("\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.");
        log.info(String.format(Locale.ROOT, "task:%-15s state:D stack:0     pid:%-5d", task.comm(), task.pid()));
        log.dump().sleeperTrace(Level.INFO, task.context, task.blockedAt);
    }

    /** An oops has killed the running task. */
    void taskDied(SimTask task) {
        if (task.context.topSpin() != null) {
            log.print(Level.ALERT, "note: " + task.comm() + "[" + task.pid() + "] exited with preempt_count " + task.context.atomicDepth());
        }
    }

    /** An oops in interrupt context. */
    void panic() {
        log.print(Level.EMERG, "Kernel panic - not syncing: Fatal exception in interrupt");
    }
}
