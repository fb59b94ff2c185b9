package io.dmalab.platform.pseries.recording;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Any line of JSON as objects: a header, and the lines that {@link LineScanner} leaves. */
final class JsonLine {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonLine() {}

    /** A line that cannot be read. */
    static final class Damaged extends Exception {
        private static final long serialVersionUID = 1L;
        /** Where in the line, from 1. */
        final int column;

        Damaged(String what, int column, Throwable cause) {
            super(what, cause);
            this.column = column;
        }
    }

    static Map<String, Object> parse(byte[] text, int from, int to) throws Damaged {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Damaged("an object was expected", 1, null);
            }
            Map<String, Object> fields = object(parser);
            if (parser.nextToken() != null) {
                throw new Damaged("the line goes on behind its object", parser.currentTokenLocation().getColumnNr(), null);
            }
            return fields;
        } catch (JacksonException e) {
            throw new Damaged("no JSON (" + e.getOriginalMessage() + ")", Math.max(1, e.getLocation().getColumnNr()), e);
        }
    }

    private static Map<String, Object> object(JsonParser parser) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return fields;
    }

    private static Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static List<Object> array(JsonParser parser) {
        List<Object> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(parser));
        }
        return values;
    }

    /** An integer, or a hexadecimal number as a string. */
    static long number(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof String hex && hex.startsWith("0x")) {
            return Long.parseUnsignedLong(hex, 2, hex.length(), 16);
        }
        throw new IllegalArgumentException("'" + value + "' is no number");
    }
}
