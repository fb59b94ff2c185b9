package io.dmalab.core.log;

import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** One entry of {@code journalctl -o json}. What a cut line still has is taken. */
final class JournalJson {
    private static final String MESSAGE = "MESSAGE";
    private static final String KERNEL = "kernel";
    private static final long MICROS = 1_000;
    private static final long MICROS_A_SECOND = 1_000_000;

    private String message;
    private String by = "";
    private long monotonic = -1;
    private long realtime = -1;

    private JournalJson() {}

    static boolean is(String raw) {
        return raw.startsWith("{") && raw.contains("\"" + MESSAGE + "\"");
    }

    /** @return null if another program wrote the entry, or it has no text */
    static Place strip(long number, String raw) {
        JournalJson entry = new JournalJson();
        try (JsonParser parser = JsonMapper.shared().createParser(raw)) {
            entry.read(parser);
        } catch (JacksonException e) {
            // the line was cut: what came before counts
        }
        if (entry.message == null || !entry.by.isEmpty() && !entry.by.equals(KERNEL)) {
            return null;
        }
        Place place = Prefix.strip(number, entry.message);
        return place == null || place.clock() != Clock.NONE ? place : entry.timed(place);
    }

    private void read(JsonParser parser) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value != JsonToken.VALUE_STRING) {
                parser.skipChildren();
                continue;
            }
            switch (name) {
                case MESSAGE -> message = parser.getString();
                case "_TRANSPORT" -> by = parser.getString();
                case "_SOURCE_MONOTONIC_TIMESTAMP" -> monotonic = micros(parser.getString());
                case "__REALTIME_TIMESTAMP" -> realtime = micros(parser.getString());
                default -> { }
            }
        }
    }

    private static long micros(String digits) {
        return digits.matches("\\d{1,15}") ? Long.parseLong(digits) : -1;
    }

    private Place timed(Place place) {
        if (monotonic >= 0) {
            String stamp = String.format(Locale.ROOT, "%d.%06d", monotonic / MICROS_A_SECOND, monotonic % MICROS_A_SECOND);
            return new Place(place.line(), place.text(), Clock.UPTIME, monotonic * MICROS, stamp);
        }
        long nanos = realtime * MICROS;
        return realtime < 0 ? place : new Place(place.line(), place.text(), Clock.WALL, nanos, Instant.EPOCH.plusNanos(nanos).toString());
    }
}
