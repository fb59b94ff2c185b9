package io.dmalab.api.observe;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventType;
import java.util.List;

/**
 * A trace event as observers see it.
 *
 * @param timeNanos virtual time
 * @param depth     spin locks held: what the kernel's preemption count is above that of the context itself
 * @param comm      running task, or {@code <idle>} in interrupt context
 * @param pid       its pid, 0 in interrupt context
 * @param values    one per field of {@code type}: {@link Long}, or {@link String} for a text field
 */
public record TraceRecord(long timeNanos, ContextKind context, int depth, int cpu, String comm, int pid,
        EventType type, List<Object> values) {
    public TraceRecord {
        values = List.copyOf(values);
    }

    /** The value of a field. @throws IllegalArgumentException if the type has none of that name */
    public Object value(String field) {
        int index = type.fields().indexOf(field);
        if (index < 0) {
            throw new IllegalArgumentException(type.name() + " has no field '" + field + "', but " + String.join(", ", type.fields()));
        }
        return values.get(index);
    }
}
