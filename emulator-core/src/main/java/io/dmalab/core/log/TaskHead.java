package io.dmalab.core.log;

import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.TaskContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The head of a stack dump: CPU, PID and Comm; hardware; workqueue. And the one of a blocked task. */
final class TaskHead {
    private static final Pattern CPU = Pattern.compile("CPU: (\\d{1,6}) (?:UID: \\d+ )?PID: (\\d{1,9}) Comm: (.+?)(?: Kdump: \\w+)?"
            + " (Not tainted|Tainted: .*?) +(\\d+\\.\\d+\\S*) .*");
    private static final Pattern CPU_ONLY = Pattern.compile("CPU: (\\d{1,6}) (?:UID: \\d+ )?PID: (\\d{1,9}) Comm: (\\S+).*");
    private static final Pattern BLOCKED = Pattern.compile("task:(\\S+)\\s+state:\\S+ .*?pid:\\s*(\\d{1,9})\\b.*");
    private static final Pattern WORK = Pattern.compile("Workqueue: (\\S+) (\\w\\S*).*");
    private static final String HARDWARE = "Hardware name: ";

    private Place place;
    private TaskContext task = TaskContext.UNKNOWN;

    static boolean begins(String text) {
        return text.startsWith("CPU: ") || text.startsWith("task:");
    }

    boolean takes(Place at) {
        String text = at.text();
        if (text.startsWith("CPU: ")) {
            return cpu(at, CPU.matcher(text)) || cpu(at, CPU_ONLY.matcher(text));
        }
        if (text.startsWith("task:")) {
            Matcher matcher = BLOCKED.matcher(text);
            return matcher.matches() && begin(at, new TaskContext(-1, Integer.parseInt(matcher.group(2)), matcher.group(1), "", "", "", "", ""));
        }
        if (place == null) {
            return false;
        }
        if (text.startsWith(HARDWARE)) {
            task = new TaskContext(task.cpu(), task.pid(), task.comm(), task.taint(), task.kernel(), text.substring(HARDWARE.length()),
                    task.workqueue(), task.work());
            return true;
        }
        Matcher work = text.startsWith("Workqueue: ") ? WORK.matcher(text) : null;
        if (work == null || !work.matches()) {
            return false;
        }
        task = new TaskContext(task.cpu(), task.pid(), task.comm(), task.taint(), task.kernel(), task.hardware(), work.group(1),
                work.group(2));
        return true;
    }

    private boolean cpu(Place at, Matcher matcher) {
        if (!matcher.matches()) {
            return false;
        }
        boolean full = matcher.groupCount() > 3;
        return begin(at, new TaskContext(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), matcher.group(3),
                full ? matcher.group(4).replaceAll("\\s+", " ").strip() : "", full ? matcher.group(5) : "", "", "", ""));
    }

    private boolean begin(Place at, TaskContext context) {
        place = at;
        task = context;
        return true;
    }

    /** Where the head began, null if there is none. */
    Place place() {
        return place;
    }

    TaskContext task() {
        return task;
    }

    void forget() {
        place = null;
        task = TaskContext.UNKNOWN;
    }
}
