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
    /** Odd numbers without a pattern (digits of the square roots of primes). */
    private static final long K0 = 0x6A09E667F3BCC909L;
    private static final long K1 = 0xBB67AE8584CAA73BL;
    private static final long K2 = 0x3C6EF372FE94F82BL;
    private static final long K3 = 0xA54FF53A5F1D36F1L;
    private static final long K4 = 0x510E527FADE682D1L;
    private static final long K5 = 0x9B05688C2B3E6C1FL;
    private static final long K6 = 0x1F83D9ABFB41BD6BL;
    private static final long[] FACTORS = {K1, K2, K3, K4, K5, K6};

    private final SimScheduler sched;
    private final List<Observer> observers = new ArrayList<>();
    private boolean wanted;
    private boolean heard;
    private final StreamDigest digest = new StreamDigest();
    /** {@link #digest} if nobody but it wants the events, else null. */
    private StreamDigest alone;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final List<String> texts = new ArrayList<>();

    TraceLog(KernelConfig config, SimScheduler sched) {
        this.sched = sched;
        this.heard = sched.controller == null || sched.controller.narrates() || !config.observers().isEmpty();
        config.observers().forEach(this::observe);
        listen();
    }

    private void listen() {
        alone = heard && !wanted ? digest : null;
    }

    void observe(Observer observer) {
        heard = true;
        if (observer.wantsEvents()) {
            observers.add(observer);
            wanted = true;
        }
        listen();
    }

    /** The digest so far. */
    public long digest() {
        return digest.value();
    }

    @Override
    public boolean heard() {
        return heard;
    }

    @Override
    public long text(String text) {
        if (!heard) {
            return 0;
        }
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
        StreamDigest only = alone;
        if (only != null) {
            mix(only, head(type));
        } else if (heard) {
            mixAndShow(type);
        }
    }

    @Override
    public void emit(EventType type, long a) {
        StreamDigest only = alone;
        if (only != null) {
            mix(only, head(type) + a * K1);
        } else if (heard) {
            mixAndShow(type, a);
        }
    }

    @Override
    public void emit(EventType type, long a, long b) {
        StreamDigest only = alone;
        if (only != null) {
            mix(only, head(type) + a * K1 + b * K2);
        } else if (heard) {
            mixAndShow(type, a, b);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c) {
        StreamDigest only = alone;
        if (only != null) {
            mix(only, head(type) + a * K1 + b * K2 + c * K3);
        } else if (heard) {
            mixAndShow(type, a, b, c);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c, long d) {
        StreamDigest only = alone;
        if (only != null) {
            mix(only, head(type) + a * K1 + b * K2 + c * K3 + d * K4);
        } else if (heard) {
            mixAndShow(type, a, b, c, d);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c, long d, long e) {
        StreamDigest only = alone;
        if (only != null) {
            mix(only, head(type) + a * K1 + b * K2 + c * K3 + d * K4 + e * K5);
        } else if (heard) {
            mixAndShow(type, a, b, c, d, e);
        }
    }

    @Override
    public void emit(EventType type, long a, long b, long c, long d, long e, long f) {
        StreamDigest only = alone;
        if (only != null) {
            mix(only, head(type) + a * K1 + b * K2 + c * K3 + d * K4 + e * K5 + f * K6);
        } else if (heard) {
            mixAndShow(type, a, b, c, d, e, f);
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

    /** Time and type of an event; its values are added with a factor of their own for each place. */
    private long head(EventType type) {
        return sched.now() * K0 ^ type.id();
    }

    /** An event enters the digest as one word: its parts are independent multiplications, and only one step depends on the event before. */
    private static void mix(StreamDigest digest, long event) {
        digest.mix(event ^ event >>> 32);
    }

    private void mixAndShow(EventType type, long... values) {
        long event = head(type);
        for (int i = 0; i < values.length; i++) {
            event += values[i] * FACTORS[i];
        }
        mix(digest, event);
        observe(type, values);
    }

    private void observe(EventType type, long... values) {
        if (values.length != type.fields().size()) {
            throw new IllegalArgumentException(type + " has " + type.fields().size() + " fields, not " + values.length);
        }
        Context context = sched.current;
        TraceRecord record = new TraceRecord(sched.now() + context.debt, context.kind, context.atomicDepth(), context.cpu, comm(context),
                StackDump.pid(context), type, values(type, values));
        for (Observer observer : observers) {
            observer.event(record);
        }
    }

    /** As the tracer has it: pid 0 is {@code <idle>} whatever its comm says. */
    private static String comm(Context context) {
        return context.task == null ? "<idle>" : context.task.comm();
    }

    private List<Object> values(EventType type, long[] raw) {
        List<Object> values = new ArrayList<>(raw.length);
        for (int i = 0; i < raw.length; i++) {
            values.add(type.isText(i) ? (Object) texts.get((int) raw[i]) : (Object) raw[i]);
        }
        return values;
    }
}
