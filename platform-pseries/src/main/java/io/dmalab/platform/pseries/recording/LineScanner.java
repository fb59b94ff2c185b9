package io.dmalab.platform.pseries.recording;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads lines as the recorders write them: one flat object, texts without escapes, whole numbers. Any other line, a damaged one too, it
 * leaves to {@link JsonLine}; what it does read, that would read the same. A general parser takes three times as long, and more of it has
 * to be compiled before it runs at full speed.
 */
final class LineScanner {
    private static final Field[] FIELDS = Field.values();
    private static final Words NAMES = new Words(Arrays.stream(FIELDS).map(field -> field.key).toList());
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

    private byte[] text;
    private int at;
    private boolean odd;

    /**
     * @param bytes has a newline somewhere from {@code from} on
     * @return where the newline behind the line is; -1 if the line is not such a one, or not all there
     */
    int scan(byte[] bytes, int from, RecordedCall call) {
        text = bytes;
        at = from;
        odd = false;
        expect('{');
        do {
            int begin = begin();
            int field = NAMES.find(text, begin, end());
            expect(':');
            blanks();
            if (field < 0) {
                skip();
            } else {
                value(FIELDS[field], call);
            }
        } while (another('}'));
        return !odd && text[at] == '\n' ? at : -1;
    }

    private void value(Field field, RecordedCall call) {
        switch (field.kind) {
            case NUMBER -> call.set(field, number());
            case NUMBERS -> call.count(field, numbers(call.numbers(field)));
            case WORD -> call.set(field, word());
            case FLAG -> call.set(field, text[at] == 't');
        }
        if (field.kind == Field.Kind.FLAG) {
            skip();
        }
    }

    private int numbers(long[] into) {
        int count = 0;
        expect('[');
        if (text[at] == ']') {
            at++;
            return 0;
        }
        do {
            if (count == into.length) {
                odd = true;
                return 0;
            }
            into[count++] = number();
        } while (another(']'));
        return count;
    }

    private long number() {
        return text[at] == '"' ? hexadecimal() : decimal();
    }

    private long hexadecimal() {
        at++;
        expect('0');
        expect('x');
        int from = at;
        long value = 0;
        for (int digit = HEX[text[at] & 0xff]; digit >= 0; digit = HEX[text[++at] & 0xff]) {
            value = value << 4 | digit;
        }
        odd |= at == from || at - from > HEX_DIGITS_MAX;
        expect('"');
        return value;
    }

    private long decimal() {
        boolean negative = text[at] == '-';
        if (negative) {
            at++;
        }
        int from = at;
        long value = 0;
        for (int digit = text[at] - '0'; digit >= 0 && digit <= 9; digit = text[++at] - '0') {
            value = value * 10 + digit;
        }
        odd |= at == from || at - from > DECIMALS_MAX;
        return negative ? -value : value;
    }

    private String word() {
        int from = begin();
        int to = end();
        int known = KNOWN_VALUES.find(text, from, to);
        return known >= 0 ? VALUES.get(known) : new String(text, from, to - from, StandardCharsets.US_ASCII);
    }

    /** Where the text begins whose opening quote is here. */
    private int begin() {
        expect('"');
        return at;
    }

    /** Where the text ends; the closing quote is passed. */
    private int end() {
        byte b = text[at];
        while (b >= ' ' && b != '"' && b != '\\') {
            b = text[++at];
        }
        int end = at;
        expect('"');
        return end;
    }

    private void skip() {
        switch (text[at]) {
            case '"' -> {
                begin();
                end();
            }
            case '[' -> {
                at++;
                if (text[at] == ']') {
                    at++;
                } else {
                    do {
                        skip();
                    } while (another(']'));
                }
            }
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> decimal();
        }
    }

    private void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
    }

    /** A comma, or the end; true if another element follows. */
    private boolean another(char end) {
        if (text[at] != ',') {
            expect(end);
            return false;
        }
        at++;
        blanks();
        return !odd;
    }

    private void expect(char c) {
        if (text[at] == c) {
            at++;
        } else {
            odd = true;
        }
    }

    private void blanks() {
        while (text[at] == ' ') {
            at++;
        }
    }
}
