package io.dmalab.api.diagnose;

import io.dmalab.api.diagnose.Diagnosis.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who ran where, from the head of a stack dump. What the log does not say is -1 or empty.
 *
 * @param cpu       processor
 * @param pid       process id
 * @param comm      name of the task, e.g. {@code kworker/86:2}
 * @param taint     {@code Not tainted} or {@code Tainted: G E}
 * @param kernel    release
 * @param hardware  hardware name
 * @param workqueue e.g. {@code events}
 * @param work      the work's function
 */
public record TaskContext(int cpu, int pid, String comm, String taint, String kernel, String hardware, String workqueue, String work) {
    public static final TaskContext UNKNOWN = new TaskContext(-1, -1, "", "", "", "", "", "");

    private static final Pattern BOUND = Pattern.compile("kworker/(\\d+):(\\d+)(H?).*");
    private static final Pattern UNBOUND = Pattern.compile("kworker/u(\\d+):(\\d+)(H?).*");

    public boolean known() {
        return !comm.isEmpty();
    }

    /** What the log says about who ran, decoded; nothing for what it does not say. */
    public List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        if (cpu >= 0) {
            fields.add(new Field("CPU", Integer.toString(cpu), "where it ran"));
        }
        if (known()) {
            fields.add(new Field("task", comm + (pid >= 0 ? ", PID " + pid : ""), who()));
        }
        if (!workqueue.isEmpty()) {
            fields.add(new Field("workqueue", workqueue + " " + work, workqueue.equals("events")
                    ? "system_wq, per CPU; the work is " + work : "the work is " + work));
        }
        if (!kernel.isEmpty()) {
            fields.add(new Field("kernel", kernel, taint.isEmpty() ? "release" : taint));
        }
        if (!hardware.isEmpty()) {
            fields.add(new Field("hardware", hardware, ""));
        }
        return fields;
    }

    /** Decodes the worker's name (kernel/workqueue.c). */
    private String who() {
        Matcher bound = BOUND.matcher(comm);
        if (bound.matches()) {
            return "worker " + bound.group(2) + " bound to CPU " + bound.group(1) + (bound.group(3).isEmpty() ? "" : ", high priority")
                    + "; not an unbound one";
        }
        Matcher unbound = UNBOUND.matcher(comm);
        if (unbound.matches()) {
            return "worker " + unbound.group(2) + " of unbound pool " + unbound.group(1);
        }
        return comm.startsWith("swapper/") ? "idle task: a softirq or timer ran on top of it" : "process or kernel thread";
    }
}
