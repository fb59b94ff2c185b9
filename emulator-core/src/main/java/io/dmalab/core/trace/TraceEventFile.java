package io.dmalab.core.trace;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the Trace Event Format (JSON), which the Perfetto UI and chrome://tracing open. Times go in as nanoseconds and stand in the
 * file as
 * microseconds with three decimals, so nothing is rounded.
 */
final class TraceEventFile implements AutoCloseable {
    /** A horizontal track. @param process and {@code thread} numbers, as the format has them */
    record Track(int process, int thread) {}

    private final SpooledFile file;
    private final StringWriter text = new StringWriter();
    private final JsonGenerator json;
    /** End of the last slice of each track: slices of one track must not overlap. */
    private final Map<Track, Long> ends = new LinkedHashMap<>();
    private boolean first = true;

    TraceEventFile(String path) {
        this.file = SpooledFile.create(path);
        this.json = JsonMapper.shared().writer().withRootValueSeparator("").createGenerator(text);
    }

    void processName(int process, String name) {
        open("process_name", "", 'M', new Track(process, 0));
        args("name", name);
        endEvent();
        open("process_sort_index", "", 'M', new Track(process, 0));
        args("sort_index", process);
        endEvent();
    }

    void trackName(Track track, String name) {
        open("thread_name", "", 'M', track);
        args("name", name);
        endEvent();
        open("thread_sort_index", "", 'M', track);
        args("sort_index", track.thread());
        endEvent();
    }

    /**
     * Something that took time. What would begin before the slice before it ended begins at its end: CPUs of the model do not compete.
     *
     * @return when it begins in the file, in nanoseconds
     */
    long slice(Track track, String name, String category, long fromNanos, long toNanos, Object... args) {
        long from = Math.max(fromNanos, ends.getOrDefault(track, 0L));
        long to = Math.max(from, toNanos);
        ends.put(track, to);
        open(name, category, 'X', track);
        time("ts", from);
        time("dur", to - from);
        args(args);
        endEvent();
        return from;
    }

    /** A moment. @param scope t for the track, p for the process, g for all */
    void instant(Track track, String name, String category, char scope, long nanos, Object... args) {
        open(name, category, 'i', track);
        time("ts", nanos);
        json.writeStringProperty("s", String.valueOf(scope));
        args(args);
        endEvent();
    }

    void counter(int process, String name, long nanos, String series, long value) {
        open(name, "", 'C', new Track(process, 0));
        time("ts", nanos);
        args(series, value);
        endEvent();
    }

    /** Something that took time and may overlap with others of its kind. @param id unique in the category */
    void span(Track track, String name, String category, long id, long fromNanos, long toNanos, Object... args) {
        open(name, category, 'b', track);
        json.writeStringProperty("id", "0x" + Long.toHexString(id));
        time("ts", fromNanos);
        args(args);
        endEvent();
        open(name, category, 'e', track);
        json.writeStringProperty("id", "0x" + Long.toHexString(id));
        time("ts", Math.max(fromNanos, toNanos));
        endEvent();
    }

    /** An arrow between two slices. @param id unique in the category */
    void arrow(String name, String category, long id, Track from, long fromNanos, Track to, long toNanos) {
        open(name, category, 's', from);
        json.writeNumberProperty("id", id);
        time("ts", fromNanos);
        endEvent();
        open(name, category, 'f', to);
        json.writeNumberProperty("id", id);
        json.writeStringProperty("bp", "e");
        time("ts", toNanos);
        endEvent();
    }

    private void open(String name, String category, char phase, Track track) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        if (!category.isEmpty()) {
            json.writeStringProperty("cat", category);
        }
        json.writeStringProperty("ph", String.valueOf(phase));
        json.writeNumberProperty("pid", track.process());
        json.writeNumberProperty("tid", track.thread());
    }

    private void time(String name, long nanos) {
        json.writeNumberProperty(name, BigDecimal.valueOf(nanos, 3));
    }

    /** @param args names and values in turn */
    private void args(Object... args) {
        if (args.length == 0) {
            return;
        }
        json.writeObjectPropertyStart("args");
        for (int i = 0; i < args.length; i += 2) {
            if (args[i + 1] instanceof Number number) {
                json.writeNumberProperty((String) args[i], number.longValue());
            } else {
                json.writeStringProperty((String) args[i], args[i + 1].toString());
            }
        }
        json.writeEndObject();
    }

    private void endEvent() {
        json.writeEndObject();
        json.flush();
        file.write(first ? "" : ",\n");
        file.write(text.getBuffer());
        text.getBuffer().setLength(0);
        first = false;
    }

    /** Puts the file in its place. */
    void finish() {
        file.write("\n]}\n");
        file.finish("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
    }

    @Override
    public void close() {
        file.close();
    }
}
