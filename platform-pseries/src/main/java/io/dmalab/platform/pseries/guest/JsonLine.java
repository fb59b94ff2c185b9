package io.dmalab.platform.pseries.guest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one line of JSON as recordings have it: objects, arrays, strings, integers, booleans and null. */
final class JsonLine {
    private final String text;
    private int at;

    private JsonLine(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if the line is no JSON object; the message has the column */
    @SuppressWarnings("unchecked")
    static Map<String, Object> parse(String line) {
        JsonLine reader = new JsonLine(line);
        if (!(reader.value() instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("1: a JSON object was expected");
        }
        return (Map<String, Object>) map;
    }

    /** An integer, or a hexadecimal number as a string. */
    static long number(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof String hex && hex.startsWith("0x")) {
            return Long.parseUnsignedLong(hex, 2, hex.length(), 16);
        }
        throw new IllegalArgumentException("1: '" + value + "' is no number");
    }

    private Object value() {
        skipBlanks();
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> integer();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> fields = new LinkedHashMap<>();
        at++;
        if (!closes('}')) {
            do {
                skipBlanks();
                String name = string();
                expect(':');
                fields.put(name, value());
            } while (follows('}'));
        }
        return fields;
    }

    private List<Object> array() {
        List<Object> values = new ArrayList<>();
        at++;
        if (!closes(']')) {
            do {
                values.add(value());
            } while (follows(']'));
        }
        return values;
    }

    private String string() {
        expect('"');
        int end = at;
        while (end < text.length() && text.charAt(end) != '"') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length()) {
            throw bad("a string does not end");
        }
        String value = text.substring(at, end);
        at = end + 1;
        return value.indexOf('\\') < 0 ? value : value.translateEscapes();
    }

    private Long integer() {
        int end = at;
        while (end < text.length() && "+-0123456789".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        try {
            Long value = Long.valueOf(text.substring(at, end));
            at = end;
            return value;
        } catch (NumberFormatException e) {
            throw bad("a value was expected");
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw bad("'" + word + "' was expected");
        }
        at += word.length();
        return value;
    }

    private boolean closes(char end) {
        skipBlanks();
        if (peek() == end) {
            at++;
            return true;
        }
        return false;
    }

    /** True if a comma says that another element follows; false at the end. */
    private boolean follows(char end) {
        if (closes(end)) {
            return false;
        }
        expect(',');
        return true;
    }

    private void expect(char c) {
        skipBlanks();
        if (peek() != c) {
            throw bad("'" + c + "' was expected");
        }
        at++;
    }

    private char peek() {
        if (at >= text.length()) {
            throw bad("the line ends too early");
        }
        return text.charAt(at);
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    private IllegalArgumentException bad(String what) {
        return new IllegalArgumentException(at + 1 + ": " + what);
    }
}
