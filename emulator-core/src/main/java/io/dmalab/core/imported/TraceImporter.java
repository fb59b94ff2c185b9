package io.dmalab.core.imported;

import io.dmalab.api.recorded.Meaning;
import io.dmalab.api.recorded.TraceInterpreter;
import io.dmalab.core.Emulator;
import io.dmalab.core.imported.Recording.Answers;
import io.dmalab.core.imported.Recording.Misplaced;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.trace.FtraceReader;
import io.dmalab.core.trace.ReadReport;
import io.dmalab.core.trace.TracedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Shows a trace to every {@link TraceInterpreter} of the loaded plugins, in one pass. Memory grows with what lives at a time only. */
public final class TraceImporter {
    /** Events of different CPUs may be a little out of order; a time that is further off has been garbled. */
    private static final long JITTER_NANOS = 1_000_000_000L;
    /** The last event has none behind it that could show that its time is wrong. */
    private static final long LAST_PAUSE_NANOS = 3_600_000_000_000L;
    /** CONFIG_NR_CPUS is at most 8192. */
    private static final int CPU_MAX = 8_191;

    private record Call(String call, String code, boolean success) {}

    private final Map<String, List<TraceInterpreter>> interpreters = new LinkedHashMap<>();
    private final Lives lives = new Lives();
    private final RemovalWatch removals = new RemovalWatch(lives::live);
    private final Map<Call, Long> answers = new LinkedHashMap<>();
    /** The last event: it counts when the next one shows that its time is right. */
    private TracedEvent pending;
    private TracedEvent current;
    private long used;
    private long misplaced;
    private long firstMisplaced;
    private long begin = -1;
    private long now;
    private int cpus;
    private boolean meant;

    private TraceImporter(Emulator emulator) {
        emulator.extensions(TraceInterpreter.class).stream().map(emulator::create)
                .forEach(interpreter -> interpreter.events().forEach(name ->
                        interpreters.computeIfAbsent(name, key -> new ArrayList<>()).add(interpreter)));
    }

    /**
     * @param name what the trace is called
     * @throws BadInput if nothing in it can be used; it says what to record
     */
    public static Recording read(Emulator emulator, String name, Reader trace) throws IOException {
        TraceImporter importer = new TraceImporter(emulator);
        ReadReport lines = FtraceReader.read(new BufferedReader(trace), emulator.eventTypes(), importer::event);
        return importer.finish(name, lines);
    }

    private void event(TracedEvent event) {
        if (!interpreters.containsKey(event.name())) {
            return;
        }
        if (event.cpu() > CPU_MAX) {
            misplaced(event);
            return;
        }
        if (pending != null) {
            if (pending.timeNanos() > event.timeNanos() + JITTER_NANOS) {
                misplaced(pending);
            } else {
                accept(pending);
            }
        }
        pending = event;
    }

    private void accept(TracedEvent event) {
        if (begin >= 0 && event.timeNanos() < now - JITTER_NANOS) {
            misplaced(event);
            return;
        }
        begin = begin < 0 ? event.timeNanos() : begin;
        now = Math.max(now, event.timeNanos());
        cpus = Math.max(cpus, event.cpu() + 1);
        current = event;
        meant = false;
        removals.sees(event.pid(), now);
        interpreters.get(event.name()).forEach(interpreter -> interpreter.interpret(event, this::means));
        used += meant ? 1 : 0;
    }

    private void misplaced(TracedEvent event) {
        misplaced++;
        firstMisplaced = firstMisplaced == 0 ? event.line() : firstMisplaced;
    }

    private void means(Meaning meaning) {
        meant = true;
        switch (meaning) {
            case Meaning.Began e -> lives.began(e, now, current.cpu());
            case Meaning.Ended e -> lives.ended(e, now);
            case Meaning.PoolDestroyed e -> removals.destroyed(e, task(), current.pid(), now);
            case Meaning.PoolChecked e -> removals.checked(e, now);
            case Meaning.DeviceTaken e -> removals.taken(e, task(), current.pid(), now);
            case Meaning.Answered e -> answers.merge(new Call(e.call(), e.code(), e.success()), 1L, Long::sum);
        }
    }

    private String task() {
        return current.comm() + "-" + current.pid();
    }

    private Recording finish(String name, ReadReport lines) {
        if (pending != null && begin >= 0 && pending.timeNanos() > now + LAST_PAUSE_NANOS) {
            misplaced(pending);
        } else if (pending != null) {
            accept(pending);
        }
        List<Population> populations = lives.finished(now);
        if (populations.stream().allMatch(p -> p.began() == 0)) {
            throw nothing(name, lines);
        }
        List<Answers> answered = answers.entrySet().stream()
                .map(e -> new Answers(e.getKey().call(), e.getKey().code(), e.getKey().success(), e.getValue())).toList();
        return new Recording(name, lines, used, new Misplaced(misplaced, firstMisplaced), begin, now, cpus, populations, removals.found(),
                removals.certain(), answered);
    }

    private BadInput nothing(String name, ReadReport lines) {
        StringBuilder command = new StringBuilder("trace-cmd record");
        new TreeSet<>(interpreters.keySet()).forEach(event -> command.append(" -e ").append(event));
        String what = lines.events() + lines.otherEvents() == 0 ? "no line of it is a trace event"
                : "none of its " + (lines.events() + lines.otherEvents()) + " events begins a packet, a page or a mapping";
        return BadInput.of(name, what, "record these, as far as the kernel has them, and import what trace-cmd report prints: " + command);
    }
}
