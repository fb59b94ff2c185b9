package io.dmalab.api.kernel;

import java.util.List;
import java.util.Objects;

/**
 * A typed trace event, declared once per module in one readable place.
 *
 * @param name   subsystem and event as in tracefs, e.g. {@code page_pool:page_pool_release}
 * @param layout the payload as the kernel prints it, with one conversion per field: {@code %d %u} decimal, {@code %x} hex, {@code %p} hashed pointer of
 *               an address, {@code %s} text made by {@link Trace#text}
 * @param fields names of the fields, in the order of the conversions
 */
public record EventType(String name, String layout, List<String> fields) {
    public EventType {
        Objects.requireNonNull(name, "name");
        fields = List.copyOf(fields);
        long conversions = layout.chars().filter(c -> c == '%').count();
        if (conversions != fields.size()) {
            throw new IllegalArgumentException(name + ": " + conversions + " conversions for " + fields.size() + " fields");
        }
    }

    public static EventType of(String name, String layout, String... fields) {
        return new EventType(name, layout, List.of(fields));
    }
}
