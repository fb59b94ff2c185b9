package io.dmalab.core.device;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who is running, as a number that costs next to nothing to take and stays readable after the task has ended. */
final class Callers {
    private static final int BOOT = 0;
    private static final int CPU_BITS = 16;
    private static final ContextKind[] KINDS = ContextKind.values();

    private final Scheduler sched;
    private final List<String> tasks = new ArrayList<>(List.of("boot"));
    private final List<Task> known = new ArrayList<>();
    private Task last;
    private int lastNumber;

    Callers(Scheduler sched) {
        this.sched = sched;
    }

    int number() {
        ContextKind kind = sched.context();
        if (kind != ContextKind.TASK) {
            return ~(kind.ordinal() << CPU_BITS | sched.cpu());
        }
        if (Boot.isBooting(sched)) {
            return BOOT;
        }
        Task task = sched.current();
        if (task != last) {
            last = task;
            lastNumber = numberOf(task);
        }
        return lastNumber;
    }

    /** E.g. {@code ip:1012} or {@code softirq on CPU 3}. */
    String name(int number) {
        if (number >= 0) {
            return tasks.get(number);
        }
        int word = ~number;
        return KINDS[word >> CPU_BITS].name().toLowerCase(Locale.ROOT) + " on CPU " + (word & (1 << CPU_BITS) - 1);
    }

    private int numberOf(Task task) {
        int index = known.indexOf(task);
        if (index >= 0) {
            return index + 1;
        }
        known.add(task);
        tasks.add(task.comm() + ":" + task.pid());
        return known.size();
    }
}
