package io.dmalab.api.kernel;

import java.util.List;
import java.util.Objects;

/**
 * A typed trace event, declared once per module in one readable place. Two types of one name are equal.
 *
 * <p>The layout is the payload as the kernel prints it, with one conversion per field: {@code %d %u} decimal, {@code %x} hex, {@code %p} hashed
 * pointer of an address, {@code %s} text made by {@link Trace#text}.
 */
public final class EventType {
    private final String name;
    private final String layout;
    private final List<String> fields;
    private final long id;

    private EventType(String name, String layout, List<String> fields) {
        this.name = Objects.requireNonNull(name, "name");
        this.layout = Objects.requireNonNull(layout, "layout");
        this.fields = List.copyOf(fields);
        this.id = hash(name);
        long conversions = layout.chars().filter(c -> c == '%').count();
        if (conversions != this.fields.size()) {
            throw new IllegalArgumentException(name + ": " + conversions + " conversions for " + this.fields.size() + " fields");
        }
    }

    /**
     * @param name   subsystem and event as in tracefs, e.g. {@code page_pool:page_pool_release}
     * @param layout payload with one conversion per field
     * @param fields names of the fields, in the order of the conversions; at most six
     */
    public static EventType of(String name, String layout, String... fields) {
        return new EventType(name, layout, List.of(fields));
    }

    public String name() {
        return name;
    }

    public String layout() {
        return layout;
    }

    public List<String> fields() {
        return fields;
    }

    /** A 64-bit hash of the name, the same on every machine: what enters a run's digest. */
    public long id() {
        return id;
    }

    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EventType type && type.name.equals(name);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    @Override
    public String toString() {
        return name;
    }
}
