package io.dmalab.core.trace;

import io.dmalab.api.kernel.EventLayout;
import io.dmalab.api.kernel.EventLayout.Piece;
import io.dmalab.api.kernel.EventType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.LongFunction;

/** One layout of one event type, ready to print values and to read them back. */
final class PayloadFormat {
    private final EventType type;
    private final EventLayout layout;
    private final Piece[] pieces;
    /** For each piece, where its value stands among those of the type. */
    private final int[] indices;

    PayloadFormat(EventType type, EventLayout layout) {
        this.type = type;
        this.layout = layout;
        this.pieces = layout.pieces().toArray(Piece[]::new);
        this.indices = new int[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            indices[i] = type.fields().indexOf(pieces[i].field());
        }
    }

    EventType type() {
        return type;
    }

    /** Event without its subsystem, as a line has it. */
    String event() {
        return layout.name().substring(layout.name().indexOf(':') + 1);
    }

    String name() {
        return layout.name();
    }

    // printing

    /** @param pointers what {@code %p} prints for an address */
    void print(StringBuilder out, List<Object> values, LongFunction<String> pointers) {
        for (int i = 0; i < pieces.length; i++) {
            Piece piece = pieces[i];
            out.append(piece.before());
            switch (piece.conversion()) {
                case 's' -> pad(out, piece, values.get(indices[i]).toString());
                case 'p' -> out.append(pointers.apply((Long) values.get(indices[i])));
                case 'x' -> pad(out, piece, Long.toHexString((Long) values.get(indices[i])));
                case 'u' -> pad(out, piece, Long.toUnsignedString((Long) values.get(indices[i])));
                default -> pad(out, piece, Long.toString((Long) values.get(indices[i])));
            }
        }
        out.append(layout.tail());
    }

    private static void pad(StringBuilder out, Piece piece, String text) {
        for (int i = text.length(); i < piece.width(); i++) {
            out.append(piece.zeros() ? '0' : ' ');
        }
        out.append(text);
    }

    // reading

    /** Where and why reading stopped. */
    record Mismatch(int at, String expected) {}

    /** What reading came to: the values, or the mismatch. */
    record Reading(SequencedMap<String, Object> fields, Mismatch mismatch) {}

    /** Reads the payload that begins at {@code from} and runs to the end of the line. Fields that a newer kernel appends are read over. */
    Reading read(String line, int from) {
        SequencedMap<String, Object> fields = new LinkedHashMap<>(pieces.length * 2);
        int at = from;
        for (int i = 0; i < pieces.length; i++) {
            String before = pieces[i].before();
            if (!line.startsWith(before, at)) {
                return endsWithout(line, at, before) && i == pieces.length - 1 && pieces[i].conversion() == 's'
                        ? done(fields, pieces[i].field(), "") : mismatch(line, at, before);
            }
            at += before.length();
            int end = pieces[i].conversion() == 's' ? endOfText(line, at, i) : endOfNumber(line, at, pieces[i].conversion());
            if (end < 0) {
                return new Reading(null, new Mismatch(at, "value of " + pieces[i].field()));
            }
            try {
                fields.put(pieces[i].field(), value(pieces[i].conversion(), line.substring(at, end)));
            } catch (NumberFormatException e) {
                return new Reading(null, new Mismatch(at, "value of " + pieces[i].field()));
            }
            at = end;
        }
        if (!line.startsWith(layout.tail(), at)) {
            return mismatch(line, at, layout.tail());
        }
        at += layout.tail().length();
        return isAppendix(line, at) ? new Reading(fields, null) : new Reading(null, new Mismatch(at, "end of the event"));
    }

    private static Reading done(SequencedMap<String, Object> fields, String field, Object value) {
        fields.put(field, value);
        return new Reading(fields, null);
    }

    private static Reading mismatch(String line, int at, String expected) {
        int common = 0;
        while (common < expected.length() && at + common < line.length() && line.charAt(at + common) == expected.charAt(common)) {
            common++;
        }
        return new Reading(null, new Mismatch(at + common, "'" + expected.strip() + "'"));
    }

    /** The line ends with a literal whose trailing blank somebody has cut off: the text behind it is empty. */
    private static boolean endsWithout(String line, int at, String literal) {
        return line.substring(at).stripTrailing().equals(literal.stripTrailing());
    }

    /** A text ends at the next literal; the last one takes the rest. */
    private int endOfText(String line, int at, int piece) {
        String next = piece + 1 < pieces.length ? pieces[piece + 1].before() : layout.tail();
        if (next.isEmpty()) {
            return line.stripTrailing().length() < at ? at : line.stripTrailing().length();
        }
        int end = line.indexOf(next, at);
        if (end < 0 && line.stripTrailing().endsWith(next.stripTrailing())) {
            end = line.stripTrailing().length() - next.stripTrailing().length();
        }
        return end < at ? -1 : end;
    }

    private static int endOfNumber(String line, int at, char conversion) {
        int end = at;
        if (conversion == 'p' && line.startsWith("(null)", at)) {
            return at + "(null)".length();
        }
        if (conversion == 'p' && line.startsWith("0x", at)) {
            end += 2;
        } else if (conversion != 'x' && conversion != 'p' && line.startsWith("-", at)) {
            end++;
        }
        int digits = end;
        while (end < line.length() && Character.digit(line.charAt(end), conversion == 'x' || conversion == 'p' ? 16 : 10) >= 0) {
            end++;
        }
        return end == digits ? -1 : end;
    }

    private static Object value(char conversion, String text) {
        return switch (conversion) {
            case 's' -> words(text);
            case 'x' -> Long.parseUnsignedLong(text, 16);
            case 'p' -> text.equals("(null)") ? 0L : Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, 16);
            default -> text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        };
    }

    /** An array: the kernel's own text file has {@code {0x1,0xff}}, trace-cmd {@code 1 255}, and so have we. */
    private static String words(String text) {
        if (!text.startsWith("{") || !text.endsWith("}")) {
            return text;
        }
        StringBuilder words = new StringBuilder();
        for (String word : text.substring(1, text.length() - 1).split(",")) {
            if (word.startsWith("0x")) {
                words.append(words.isEmpty() ? "" : " ").append(Long.toUnsignedString(Long.parseUnsignedLong(word.substring(2), 16)));
            }
        }
        return words.toString();
    }

    /** Nothing but {@code name=value} words. */
    private static boolean isAppendix(String line, int at) {
        String rest = line.substring(at).stripTrailing();
        if (rest.isEmpty()) {
            return true;
        }
        if (rest.charAt(0) != ' ') {
            return false;
        }
        for (String word : rest.substring(1).split(" ")) {
            int equals = word.indexOf('=');
            if (equals < 1 || !word.substring(0, equals).chars().allMatch(c -> c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9')) {
                return false;
            }
        }
        return true;
    }
}
