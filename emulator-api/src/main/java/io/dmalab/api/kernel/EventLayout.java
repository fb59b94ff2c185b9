package io.dmalab.api.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one range of kernel versions prints an event: a text with one printf conversion per field, as in the kernel's TP_printk().
 *
 * <p>Conversions are those of {@link EventType}; length modifiers (l, ll, z) are read over, since every value has 64 bits.
 */
public final class EventLayout {
    private static final Pattern CONVERSION = Pattern.compile("%(0?)(\\d*)(?:ll|l|z|h)?([a-z])");
    private static final String KNOWN = "duxps";

    private final String name;
    private final String text;
    private final List<Piece> pieces = new ArrayList<>();
    private final String tail;

    /**
     * A field of a layout.
     *
     * @param before     literal text in front of it
     * @param conversion d, u, x, p or s
     * @param width      least number of characters; 0 if any will do
     * @param zeros      filled up with zeros, not blanks
     * @param field      name of the field
     */
    public record Piece(String before, char conversion, int width, boolean zeros, String field) {}

    EventLayout(String name, String text, List<String> fields) {
        this.name = name;
        this.text = text;
        Matcher matcher = CONVERSION.matcher(text);
        int end = 0;
        while (matcher.find()) {
            char conversion = matcher.group(3).charAt(0);
            if (KNOWN.indexOf(conversion) < 0) {
                throw new IllegalArgumentException(name + ": conversion " + matcher.group() + " is not one of %d %u %x %p %s");
            }
            int width = matcher.group(2).isEmpty() ? 0 : Integer.parseInt(matcher.group(2));
            String field = pieces.size() < fields.size() ? fields.get(pieces.size()) : "";
            pieces.add(new Piece(text.substring(end, matcher.start()), conversion, width, !matcher.group(1).isEmpty(), field));
            end = matcher.end();
        }
        this.tail = text.substring(end);
        if (pieces.size() != fields.size()) {
            throw new IllegalArgumentException(name + ": " + pieces.size() + " conversions for " + fields.size() + " fields");
        }
    }

    /** Subsystem and event as these versions' tracefs has them. */
    public String name() {
        return name;
    }

    /** The printf text. */
    public String text() {
        return text;
    }

    /** In the order in which they are printed. */
    public List<Piece> pieces() {
        return List.copyOf(pieces);
    }

    /** Literal text behind the last field. */
    public String tail() {
        return tail;
    }

    List<String> fields() {
        return pieces.stream().map(Piece::field).toList();
    }

    @Override
    public String toString() {
        return name + ": " + text;
    }
}
