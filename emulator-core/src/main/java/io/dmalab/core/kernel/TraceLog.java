package io.dmalab.core.kernel;

import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.core.time.StreamDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The event stream of one machine: everything in it enters the digest; records are built only if an observer wants them. */
public final class TraceLog implements Trace {
    private final SimScheduler sched;
    private final List<Observer> observers;
    private final boolean wanted;
    private final StreamDigest digest = new StreamDigest();
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final List<String> texts = new ArrayList<>();

    TraceLog(KernelConfig config, SimScheduler sched) {
        this.sched = sched;
        this.observers = config.observers();
        this.wanted = observers.stream().anyMatch(Observer::wantsEvents);
    }

    /** The digest so far. */
    public long digest() {
        return digest.value();
    }

    @Override
    public long text(String text) {
        Integer known = numbers.get(text);
        if (known != null) {
            return known;
        }
        int number = texts.size();
        numbers.put(text, number);
        texts.add(text);
        digest.mixText(text);
        return number;
    }

    @Override
    public void emit(EventType type) {
        begin(type);
        if (wanted) {
            observe(type);
        }
    }

    @Override
    public void emit(EventType type, long a) {
        begin(type);
        digest.mix(a);
        if (wanted) {
            observe(type, a);
        }
    }

    @Override
    public void emit(EventType type, long a, long b) {
        begin(type);
        digest.mix(a);
        digest.mix(b);
        if (wanted) {
            observe(type, a, b);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c) {
        begin(type);
        digest.mix(a);
        digest.mix(b);
        digest.mix(c);
        if (wanted) {
            observe(type, a, b, c);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c, long d) {
        begin(type);
        digest.mix(a);
        digest.mix(b);
        digest.mix(c);
        digest.mix(d);
        if (wanted) {
            observe(type, a, b, c, d);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c, long d, long e) {
        begin(type);
        digest.mix(a);
        digest.mix(b);
        digest.mix(c);
        digest.mix(d);
        digest.mix(e);
        if (wanted) {
            observe(type, a, b, c, d, e);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c, long d, long e, long f) {
        begin(type);
        digest.mix(a);
        digest.mix(b);
        digest.mix(c);
        digest.mix(d);
        digest.mix(e);
        digest.mix(f);
        if (wanted) {
            observe(type, a, b, c, d, e, f);
        }
    }

    void mixLog(LogLine line) {
        digest.mix(line.timeNanos());
        digest.mix(line.level().ordinal());
        digest.mixText(line.text());
    }

    void mixFinding(FindingKind kind, String subject) {
        digest.mix(sched.now());
        digest.mix(kind.ordinal());
        digest.mixText(subject);
    }

    /** The end of a run: equal streams that stop for different reasons differ. */
    void mixEnd(StopReason reason) {
        digest.mix(sched.now());
        digest.mix(reason.ordinal());
    }

    private void begin(EventType type) {
        digest.mix(sched.now() ^ type.id());
    }

    private void observe(EventType type, long... values) {
        if (values.length != type.fields().size()) {
            throw new IllegalArgumentException(type + " has " + type.fields().size() + " fields, not " + values.length);
        }
        Context context = sched.current;
        TraceRecord record = new TraceRecord(sched.now() + context.debt, context.kind, context.cpu, StackDump.comm(context),
                StackDump.pid(context), type, values(type, values));
        for (Observer observer : observers) {
            observer.event(record);
        }
    }

    private List<Object> values(EventType type, long[] raw) {
        List<Object> values = new ArrayList<>(raw.length);
        String layout = type.layout();
        int at = -1;
        for (long value : raw) {
            at = layout.indexOf('%', at + 1);
            values.add(conversion(layout, at) == 's' ? (Object) texts.get((int) value) : (Object) value);
        }
        return values;
    }

    /** The letter of the conversion that begins at {@code at}, behind flags, width and length. */
    private static char conversion(String layout, int at) {
        int i = at + 1;
        while (i < layout.length() && "#0123456789lhz".indexOf(layout.charAt(i)) >= 0) {
            i++;
        }
        return i < layout.length() ? layout.charAt(i) : ' ';
    }
}
