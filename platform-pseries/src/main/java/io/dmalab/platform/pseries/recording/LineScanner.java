package io.dmalab.platform.pseries.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads lines as the recorders write them: one flat object, texts without escapes, whole numbers. Any other line, a damaged one too, it
 * leaves to {@link JsonLine}; what it does read, that would read the same. A general parser takes three times as long, and more of it has
 * to be compiled before it runs at full speed.
 *
 * <p>Every method takes the place where it begins and returns the place behind what it has read, or {@link #ODD}; what it has read it
 * leaves in a field. So the place is a local variable everywhere, which a compiler keeps in a register.
 */
final class LineScanner {
    private static final int ODD = -1;
    private static final Field[] FIELDS = Field.values();
    private static final Words NAMES =
            new Words(Arrays.stream(FIELDS).filter(field -> field != Field.OTHER).map(field -> field.key).toList());
    private static final List<String> VALUES = List.of("H_PUT_TCE", "H_STUFF_TCE", "H_GET_TCE", "H_PUT_TCE_INDIRECT", "RTAS",
            "EV_DMA_XLATE", "ibm,configure-connector", "set-indicator", "get-sensor-state");
    private static final Words KNOWN_VALUES = new Words(VALUES);
    private static final int DECIMALS_MAX = 18;
    private static final int HEX_DIGITS_MAX = 16;
    private static final byte[] HEX = new byte[256];

    static {
        Arrays.fill(HEX, (byte) -1);
        for (int digit = 0; digit < 16; digit++) {
            HEX[Character.forDigit(digit, 16)] = (byte) digit;
            HEX[Character.toUpperCase(Character.forDigit(digit, 16))] = (byte) digit;
        }
    }

    /** The field that stood behind each field when that was met last, and the one that began the line: lines are alike. */
    private final Field[] likely = new Field[FIELDS.length + 1];

    private Field field;
    private long number;
    private int count;
    private String word;

    LineScanner() {
        Arrays.fill(likely, Field.SEQ);
    }

    /**
     * @param text has a newline somewhere from {@code from} on
     * @return where the newline behind the line is; -1 if the line is not such a one, or not all there
     */
    int scan(byte[] text, int from, RecordedCall call) {
        if (text[from] != '{') {
            return ODD;
        }
        int previous = FIELDS.length;
        int at = from;
        do {
            // behind the brace or the comma
            at = blanks(text, at + 1);
            Field next = likely[previous];
            int behind = expected(text, at, next.token);
            if (behind < 0) {
                behind = name(text, at);
                if (behind < 0) {
                    return ODD;
                }
                next = field;
                if (next != Field.OTHER) {
                    likely[previous] = next;
                }
            }
            at = value(text, blanks(text, behind), next, call);
            if (at < 0) {
                return ODD;
            }
            previous = next.ordinal();
        } while (text[at] == ',');
        return text[at] == '}' && text[at + 1] == '\n' ? at + 1 : ODD;
    }

    private static int expected(byte[] text, int at, byte[] token) {
        for (int i = 0; i < token.length; i++) {
            if (text[at + i] != token[i]) {
                return ODD;
            }
        }
        return at + token.length;
    }

    /** A name and the colon behind it. */
    private int name(byte[] text, int at) {
        int end = text(text, at);
        if (end < 0 || text[end] != ':') {
            return ODD;
        }
        int known = NAMES.find(text, at + 1, end - 1);
        field = known < 0 ? Field.OTHER : FIELDS[known];
        return end + 1;
    }

    private int value(byte[] text, int at, Field into, RecordedCall call) {
        int end;
        switch (into.kind) {
            case NUMBER -> {
                end = number(text, at);
                call.set(into, number);
            }
            case NUMBERS -> {
                end = numbers(text, at, call.numbers(into));
                call.count(into, count);
            }
            case WORD -> {
                end = word(text, at);
                call.set(into, word);
            }
            case FLAG -> {
                end = skip(text, at);
                call.set(into, text[at] == 't');
            }
            default -> end = skip(text, at);
        }
        return end;
    }

    private int numbers(byte[] text, int from, long[] into) {
        count = 0;
        if (text[from] != '[') {
            return ODD;
        }
        int at = from + 1;
        if (text[at] == ']') {
            return at + 1;
        }
        int read = 0;
        while (read < into.length) {
            at = number(text, at);
            if (at < 0) {
                return ODD;
            }
            into[read++] = number;
            if (text[at] != ',') {
                break;
            }
            at = blanks(text, at + 1);
        }
        count = read;
        return text[at] == ']' ? at + 1 : ODD;
    }

    private int number(byte[] text, int at) {
        return text[at] == '"' ? hexadecimal(text, at) : decimal(text, at);
    }

    private int hexadecimal(byte[] text, int from) {
        if (text[from + 1] != '0' || text[from + 2] != 'x') {
            return ODD;
        }
        int at = from + 3;
        long value = 0;
        for (int digit = HEX[text[at] & 0xff]; digit >= 0; digit = HEX[text[++at] & 0xff]) {
            value = value << 4 | digit;
        }
        number = value;
        int digits = at - from - 3;
        return digits > 0 && digits <= HEX_DIGITS_MAX && text[at] == '"' ? at + 1 : ODD;
    }

    private int decimal(byte[] text, int from) {
        boolean negative = text[from] == '-';
        int first = negative ? from + 1 : from;
        int at = first;
        long value = 0;
        for (int digit = text[at] - '0'; digit >= 0 && digit <= 9; digit = text[++at] - '0') {
            value = value * 10 + digit;
        }
        number = negative ? -value : value;
        return at > first && at - first <= DECIMALS_MAX ? at : ODD;
    }

    private int word(byte[] text, int at) {
        int end = text(text, at);
        if (end > 0) {
            int known = KNOWN_VALUES.find(text, at + 1, end - 1);
            word = known >= 0 ? VALUES.get(known) : new String(text, at + 1, end - at - 2, StandardCharsets.US_ASCII);
        }
        return end;
    }

    /** A text and its quotes. */
    private static int text(byte[] text, int from) {
        if (text[from] != '"') {
            return ODD;
        }
        int at = from + 1;
        byte b = text[at];
        while (b >= ' ' && b != '"' && b != '\\') {
            b = text[++at];
        }
        return b == '"' ? at + 1 : ODD;
    }

    private int skip(byte[] text, int at) {
        return switch (text[at]) {
            case '"' -> text(text, at);
            case '[' -> skipArray(text, at);
            case 't' -> literal(text, at, "true");
            case 'f' -> literal(text, at, "false");
            case 'n' -> literal(text, at, "null");
            default -> decimal(text, at);
        };
    }

    private int skipArray(byte[] text, int from) {
        int at = from + 1;
        if (text[at] == ']') {
            return at + 1;
        }
        at = skip(text, at);
        while (at > 0 && text[at] == ',') {
            at = skip(text, blanks(text, at + 1));
        }
        return at > 0 && text[at] == ']' ? at + 1 : ODD;
    }

    private static int literal(byte[] text, int at, String word) {
        for (int i = 0; i < word.length(); i++) {
            if (text[at + i] != word.charAt(i)) {
                return ODD;
            }
        }
        return at + word.length();
    }

    private static int blanks(byte[] text, int from) {
        int at = from;
        while (text[at] == ' ') {
            at++;
        }
        return at;
    }
}
