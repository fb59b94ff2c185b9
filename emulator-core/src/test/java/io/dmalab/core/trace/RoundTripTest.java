package io.dmalab.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.EventLayout.Piece;
import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.core.Emulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Random events of every declared type, printed as every profile's kernel prints them and read back. */
class RoundTripTest {
    private static final int EVENTS_PER_TYPE = 200;
    private static final LongFunction<String> POINTERS = address -> String.format("%016x", address * 0x9e3779b97f4a7c15L >>> 32);
    private static final List<EventType> TYPES = Emulator.load().eventTypes();

    static Stream<Arguments> profilesAndSeeds() {
        return KernelProfile.all().stream().flatMap(profile -> Stream.of(1, 2, 3).map(seed -> Arguments.of(profile.id(), profile, seed)));
    }

    private static String word(Random random) {
        String letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.,_/|@-";
        StringBuilder word = new StringBuilder();
        random.ints(random.nextInt(1, 20), 0, letters.length()).forEach(i -> word.append(letters.charAt(i)));
        return word.toString();
    }

    private static TraceRecord event(EventType type, Random random) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < type.fields().size(); i++) {
            values.add(type.isText(i) ? word(random) : (Object) (random.nextLong() >> random.nextInt(64)));
        }
        ContextKind[] kinds = ContextKind.values();
        return new TraceRecord(random.nextLong(1L << 50), kinds[random.nextInt(kinds.length)], random.nextInt(20), random.nextInt(2000),
                word(random), random.nextInt(1 << 22), type, values);
    }

    /** What the reader is to make of it. */
    private static TracedEvent expected(long line, TraceRecord event, KernelProfile profile, String flags) {
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        for (Piece piece : event.type().layout(profile).pieces()) {
            Object value = event.value(piece.field());
            fields.put(piece.field(), piece.conversion() == 'p' ?
                    (Object) Long.parseUnsignedLong(POINTERS.apply((Long) value), 16) : value);
        }
        String comm = event.comm().substring(0, Math.min(15, event.comm().length()));
        return new TracedEvent(line, (event.timeNanos() + 500) / 1000 * 1000, comm, event.pid(), event.cpu(),
                flags, event.type().name(), fields);
    }

    @ParameterizedTest(name = "{0}, seed {2}")
    @MethodSource("profilesAndSeeds")
    @DisplayName("formats.md 5.2: emit, import, the same typed events: every declared type, every profile")
    void everyType(String id, KernelProfile profile, int seed) throws IOException {
        Random random = new Random(seed);
        FtraceFormat format = new FtraceFormat(profile, POINTERS);
        StringBuilder text = new StringBuilder(format.header(TYPES.size() * (long) EVENTS_PER_TYPE, 96));
        List<TraceRecord> emitted = new ArrayList<>();
        for (int i = 0; i < EVENTS_PER_TYPE; i++) {
            for (EventType type : TYPES) {
                emitted.add(event(type, random));
                text.append(format.line(emitted.getLast())).append('\n');
            }
        }
        List<TracedEvent> read = new ArrayList<>();
        ReadReport report = FtraceReader.read(new BufferedReader(new StringReader(text.toString())), TYPES, read::add);
        assertThat(report.firstDamages()).isEmpty();
        assertThat(read).hasSize(emitted.size());
        for (int i = 0; i < read.size(); i++) {
            TracedEvent event = read.get(i);
            assertThat(event).isEqualTo(expected(event.line(), emitted.get(i), profile, event.flags()));
            assertThat(event.flags()).isEqualTo(flags(emitted.get(i)));
        }
    }

    /** The columns by the rules of trace_print_lat_fmt(). */
    private static String flags(TraceRecord event) {
        String irq = event.context() == ContextKind.HARDIRQ ? "d" : ".";
        String context = switch (event.context()) {
            case HARDIRQ -> "h";
            case SOFTIRQ, TIMER -> "s";
            case TASK -> ".";
        };
        int depth = event.depth() + (event.pid() == 0 ? 1 : 0);
        return irq + "." + context + (depth == 0 ? "." : Integer.toHexString(Math.min(depth, 15))) + ".";
    }
}
