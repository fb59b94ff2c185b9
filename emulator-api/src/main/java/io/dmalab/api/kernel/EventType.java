package io.dmalab.api.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A typed trace event, declared once per module in one readable place. Two types of one name are equal.
 *
 * <p>The layout is the payload as the kernel prints it, with one conversion per field: {@code %d %u} decimal, {@code %x} hex, {@code %p}
 * hashed pointer of an address, {@code %s} text made by {@link Trace#text}. A type is a trace point of the kernel ({@link #of}), and then
 * says how other versions print it ({@link #before}, {@link #renamed}), or one of dmalab's own ({@link #synthetic}, and everything of
 * subsystem {@code dmalab}). Layouts never enter a run's digest.
 *
 * {@snippet :
 * EventType RELEASE = EventType.of("page_pool:page_pool_state_release",
 *         "page_pool=%p netmem=%p is_net_iov=%lu pfn=0x%lx release=%u", "pool", "netmem", "is_net_iov", "pfn", "release")
 *     .before("6.12", "page_pool=%p netmem=%p pfn=0x%lx release=%u", "pool", "netmem", "pfn", "release");
 * }
 */
public final class EventType {
    /** No kernel has a subsystem of this name. */
    private static final String OWN_SUBSYSTEM = "dmalab:";

    /** A layout and the first release that no longer has it; empty for the newest. */
    private record Era(String until, EventLayout layout) {}

    private final String name;
    private final boolean synthetic;
    private final long id;
    /** Newest first. */
    private final List<Era> eras;
    private final List<String> fields;
    private final boolean[] texts;
    /** Empty if it is none. */
    private final String milestone;

    private EventType(String name, boolean synthetic, List<Era> eras, List<String> fields, String milestone) {
        this.name = Objects.requireNonNull(name, "name");
        this.synthetic = synthetic;
        this.id = hash(name);
        this.eras = List.copyOf(eras);
        this.fields = fields;
        this.milestone = milestone;
        this.texts = new boolean[fields.size()];
        for (EventLayout.Piece piece : eras.stream().flatMap(era -> era.layout().pieces().stream()).toList()) {
            int index = fields.indexOf(piece.field());
            if (index < 0) {
                throw new IllegalArgumentException(name + " has no field '" + piece.field() + "'");
            }
            texts[index] |= piece.conversion() == 's';
        }
    }

    /**
     * A trace point of the kernel.
     *
     * @param name   subsystem and event as in tracefs, e.g. {@code page_pool:page_pool_release}
     * @param layout payload with one conversion per field, as the newest kernel prints it
     * @param fields names of the fields, in the order of the conversions; at most six for an event that is emitted
     */
    public static EventType of(String name, String layout, String... fields) {
        return type(name, name.startsWith(OWN_SUBSYSTEM), layout, fields);
    }

    /**
     * An event that no kernel has: a step of the model that is worth seeing. In a kernel's trace it would be a line of the trace marker.
     */
    public static EventType synthetic(String name, String layout, String... fields) {
        return type(name, true, layout, fields);
    }

    private static EventType type(String name, boolean synthetic, String layout, String... fields) {
        List<String> names = List.of(fields);
        return new EventType(name, synthetic, List.of(new Era("", new EventLayout(name, layout, names))), names, "");
    }

    /**
     * This type, which kernels before {@code release} print in another way. From the newest change to the oldest.
     *
     * @param release       first release that prints it as said so far, e.g. {@code 6.12}
     * @param printedFields names of the fields in the order of the conversions, all of them fields of this type
     */
    public EventType before(String release, String layout, String... printedFields) {
        List<Era> more = new ArrayList<>(eras);
        more.add(new Era(release, new EventLayout(name, layout, List.of(printedFields))));
        return new EventType(name, synthetic, more, fields, milestone);
    }

    /** This type, which kernels since {@code release} call {@code newName}. Called after every {@link #before}. */
    public EventType renamed(String release, String newName) {
        EventLayout newest = eras.getFirst().layout();
        List<Era> more = new ArrayList<>();
        more.add(new Era("", new EventLayout(newName, newest.text(), newest.fields())));
        more.add(new Era(release, newest));
        more.addAll(eras.subList(1, eras.size()));
        return new EventType(name, synthetic, more, fields, milestone);
    }

    /**
     * This type, which is a step of a removal that people want to see on a time line.
     *
     * @param text what has happened, with fields in braces: {@code window {what}}; equal texts of one run are shown once, at the first
     */
    public EventType milestone(String text) {
        return new EventType(name, synthetic, eras, fields, Objects.requireNonNull(text, "text"));
    }

    /** What such an event says on a time line; empty if it is no {@link #milestone(String) milestone}. @param values one per field */
    public Optional<String> milestone(List<Object> values) {
        String text = milestone;
        for (int i = 0; i < fields.size() && text.indexOf('{') >= 0; i++) {
            text = text.replace("{" + fields.get(i) + "}", values.get(i).toString());
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    public String name() {
        return name;
    }

    /** No kernel has this event. */
    public boolean isSynthetic() {
        return synthetic;
    }

    /** The newest layout's text. */
    public String layout() {
        return eras.getFirst().layout().text();
    }

    /** How a kernel of that profile prints the event. */
    public EventLayout layout(KernelProfile profile) {
        EventLayout found = eras.getFirst().layout();
        for (Era era : eras) {
            if (!era.until().isEmpty() && isBefore(profile.release(), era.until())) {
                found = era.layout();
            }
        }
        return found;
    }

    /** Every layout, newest first. */
    public List<EventLayout> layouts() {
        return eras.stream().map(Era::layout).toList();
    }

    public List<String> fields() {
        return fields;
    }

    /** True if the field holds a text, that is, the number of one made by {@link Trace#text}. */
    public boolean isText(int field) {
        return texts[field];
    }

    /** A 64-bit hash of the name, the same on every machine: what enters a run's digest. */
    public long id() {
        return id;
    }

    private static boolean isBefore(String release, String other) {
        String[] left = release.split("[.-]");
        String[] right = other.split("[.-]");
        int major = Integer.compare(Integer.parseInt(left[0]), Integer.parseInt(right[0]));
        return major < 0 || major == 0 && Integer.parseInt(left[1]) < Integer.parseInt(right[1]);
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
