package io.dmalab.core.trace;

import io.dmalab.api.kernel.EventType;
import io.dmalab.api.tracepoint.KernelEvents;
import io.dmalab.core.trace.PayloadFormat.Mismatch;
import io.dmalab.core.trace.PayloadFormat.Reading;
import io.dmalab.core.text.TextLines;
import io.dmalab.core.trace.ReadReport.Damage;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the trace text of kernels: /sys/kernel/tracing/trace and trace_pipe, {@code trace-cmd report}, {@code perf script}, and what
 * {@code dmalab run --trace} writes. Nothing in a file is fatal: what is no event is counted and reported. Memory does not grow with the
 * file.
 */
public final class FtraceReader {
    private static final Pattern LOST =
            Pattern.compile("\\s*CPU[: ]\\s*(\\d+):?\\s*\\[(?:LOST )?(\\d*) ?(?:EVENTS?)(?: LOST| DROPPED)?].*");
    private static final Pattern PREAMBLE =
            Pattern.compile("cpus=\\d+|version = \\d+.*|CPU \\d+ is empty|"
            + "\\s*CPU:\\d+ \\[SUBBUFFER START].*|\\s*=> .*|\\s*<stack trace>.*");
    /** Longer than any event a kernel prints: its buffer for one has a page. */
    private static final int LINE_MAX = 64 * 1024;
    private static final String MARKER = "tracing_mark_write";
    /** What trace-cmd calls a line of the marker. */
    private static final String PRINT = "print";

    private final KnownLayouts layouts;
    private final Consumer<TracedEvent> sink;
    private final SequencedMap<String, Long> others = new LinkedHashMap<>();
    private final List<Damage> damages = new ArrayList<>();
    private long events;
    private long otherEvents;
    private long damaged;

    private FtraceReader(Collection<EventType> types, Consumer<TracedEvent> sink) {
        this.layouts = new KnownLayouts(types);
        this.sink = sink;
    }

    /** Hands every event of the kernel's trace points in {@link KernelEvents} to {@code sink}, in the order of the file. */
    public static ReadReport read(BufferedReader in, Consumer<TracedEvent> sink) throws IOException {
        return read(in, KernelEvents.all(), sink);
    }

    /**
     * Hands every event of the declared types to {@code sink}, in the order of the file. @param types e.g. {@code Emulator.eventTypes()}
     */
    public static ReadReport read(BufferedReader in, Collection<EventType> types, Consumer<TracedEvent> sink) throws IOException {
        return new FtraceReader(types, sink).readAll(new TextLines(in, TextLines.Kind.FILE, LINE_MAX));
    }

    private ReadReport readAll(TextLines source) throws IOException {
        for (String line = source.next(); line != null; line = source.next()) {
            if (source.tooLong()) {
                damage(source.number(), LINE_MAX, "the line is longer than " + LINE_MAX + " characters");
            } else if (!line.isBlank() && line.charAt(0) != '#') {
                read(source.number(), line);
            }
        }
        return new ReadReport(source.number(), events, otherEvents, others, damaged, damages);
    }

    private void read(long number, String line) {
        LinePrefix prefix;
        try {
            prefix = LinePrefix.read(line);
        } catch (LinePrefix.Unreadable e) {
            noEvent(number, line, e);
            return;
        }
        int end = endOfName(line, prefix.end());
        if (end == prefix.end()) {
            damage(number, end, end >= line.length() ? "the line ends before the event" : "no event name");
            return;
        }
        if (end == line.length() || line.charAt(end) != ':') {
            // a line of a tracer, such as the function tracer's, has no colon
            other(line.substring(prefix.end(), end));
            return;
        }
        String name = line.substring(prefix.end(), end);
        int payload = blanks(line, end + 1);
        if (name.equals(PRINT) && line.startsWith(MARKER + ": ", payload)) {
            name = MARKER;
            payload += MARKER.length() + 2;
        }
        if (name.equals(MARKER)) {
            marker(number, line, prefix, payload);
            return;
        }
        List<PayloadFormat> candidates = layouts.named(name);
        if (candidates.isEmpty()) {
            other(name);
        } else {
            payload(number, line, prefix, candidates, payload);
        }
    }

    private void noEvent(long number, String line, LinePrefix.Unreadable why) {
        Matcher lost = LOST.matcher(line);
        if (lost.matches()) {
            String count = lost.group(2).isEmpty() ? "events" : lost.group(2) + " events";
            damage(number, 0, count + " of CPU " + lost.group(1) + " were lost");
        } else if (!PREAMBLE.matcher(line).matches()) {
            damage(number, why.at(), line.indexOf('\0') >= 0 ? "not text" : why.getMessage());
        }
    }

    /** A synthetic event is the text of a marker: {@code dmalab:drmgr_step: drc=...}. */
    private void marker(long number, String line, LinePrefix prefix, int at) {
        int end = line.indexOf(": ", at);
        List<PayloadFormat> candidates = end < 0 ? List.of() : layouts.named(line.substring(at, end));
        if (candidates.isEmpty()) {
            other(MARKER);
        } else {
            payload(number, line, prefix, candidates, blanks(line, end + 1));
        }
    }

    /** The first layout that fits; if none does, the one that came furthest says where the line is damaged. */
    private void payload(long number, String line, LinePrefix prefix, List<PayloadFormat> candidates, int at) {
        Mismatch furthest = new Mismatch(-1, "");
        for (PayloadFormat candidate : candidates) {
            Reading reading = candidate.read(line, at);
            if (reading.mismatch() == null) {
                events++;
                sink.accept(new TracedEvent(number, prefix.timeNanos(), prefix.comm(), prefix.pid(), prefix.cpu(), prefix.flags(),
                        candidate.type().name(), reading.fields()));
                return;
            }
            if (reading.mismatch().at() > furthest.at()) {
                furthest = reading.mismatch();
            }
        }
        boolean cut = furthest.at() >= line.stripTrailing().length();
        damage(number, furthest.at(), cut ? "the line ends before " + furthest.expected() : "expected " + furthest.expected());
    }

    private void other(String name) {
        otherEvents++;
        boolean room = others.size() < ReadReport.NAMES_MAX || others.containsKey(name);
        others.merge(room ? name : ReadReport.MORE_NAMES, 1L, Long::sum);
    }

    /** @param at index in the line */
    private void damage(long number, int at, String cause) {
        damaged++;
        if (damages.size() < ReadReport.DAMAGES_MAX) {
            damages.add(new Damage(number, at + 1, cause));
        }
    }

    /** Behind {@code event} or {@code subsystem:event}. */
    static int endOfName(String line, int from) {
        int end = endOfWord(line, from);
        if (end > from && end + 1 < line.length() && line.charAt(end) == ':') {
            int second = endOfWord(line, end + 1);
            if (second > end + 1 && second < line.length() && line.charAt(second) == ':') {
                return second;
            }
        }
        return end;
    }

    private static int endOfWord(String line, int from) {
        int at = from;
        while (at < line.length() && (Character.isLetterOrDigit(line.charAt(at)) || "_-.".indexOf(line.charAt(at)) >= 0)) {
            at++;
        }
        return at;
    }

    private static int blanks(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }
}
