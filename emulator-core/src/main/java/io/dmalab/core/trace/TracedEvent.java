package io.dmalab.core.trace;

import io.dmalab.api.recorded.RecordedEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * An event as it was read from a trace.
 *
 * @param line      where it stands in the file, from 1
 * @param timeNanos time stamp: whole microseconds, unless the file has nanoseconds
 * @param comm      the task; {@code <idle>} for pid 0, {@code <...>} where the tracer had forgotten the name
 * @param pid       its pid
 * @param cpu       CPU number
 * @param flags     the columns as printed, four or five characters; empty if the file has none
 * @param name      subsystem and event, e.g. {@code page_pool:page_pool_release}: the name of the type's declaration, also where the file's
 *             kernel calls the event differently ({@code dma_map_phys} is {@code dma:dma_map_page})
 * @param fields    values by the declaration's field names, in the order in which they are printed: {@link Long} or {@link String}. A
 *             pointer's value is the printed one, which most kernels hash. A field that the file's kernel does not print is not there
 */
public record TracedEvent(long line, long timeNanos, String comm, int pid, int cpu, String flags, String name,
        SequencedMap<String, Object> fields) implements RecordedEvent {
    public TracedEvent {
        fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
    }

    @Override
    public long number(String field) {
        if (fields.get(field) instanceof Long value) {
            return value;
        }
        throw new IllegalArgumentException(name + " has no number '" + field + "'");
    }

    @Override
    public String text(String field) {
        if (fields.get(field) instanceof String value) {
            return value;
        }
        throw new IllegalArgumentException(name + " has no text '" + field + "'");
    }
}
