package io.dmalab.api.diagnose;

import java.util.List;
import java.util.Optional;

/**
 * One stack, as any architecture prints it.
 *
 * @param title     {@code Call Trace}, or whose it is: {@code Freed by task 1009}, {@code Mapped at}
 * @param task      who ran
 * @param complaint what it was shown for, if the log says so
 * @param functions innermost first, without the dump's own; the one at the program counter is the first
 */
public record CallTrace(Place place, String title, TaskContext task, Optional<Complaint> complaint, List<String> functions)
        implements LogItem {
    public static final String MAIN = "Call Trace";

    public CallTrace {
        functions = List.copyOf(functions);
    }

    /** The stack of whoever ran, not that of an allocation or a mapping. */
    public boolean main() {
        return title.equals(MAIN);
    }

    public boolean has(String function) {
        return functions.contains(function);
    }

    /** Whether any function's name begins so. */
    public boolean hasPrefix(String prefix) {
        return functions.stream().anyMatch(f -> f.startsWith(prefix));
    }

    public String innermost() {
        return functions.isEmpty() ? "" : functions.getFirst();
    }
}
