package io.dmalab.testkit.kit.world;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where scripts wait for their machine. A scenario is text and an extension is made from its class, so a number in an option is the only
 * thing that can be handed through; this table is therefore the one state outside machines. Thread-safe.
 */
public final class Scripts {
    private static final Map<Long, Script> WAITING = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong(1);

    private Scripts() {}

    /** @return number under which a machine finds it, until {@link #remove} */
    public static long put(Script script) {
        long number = NEXT.getAndIncrement();
        WAITING.put(number, script);
        return number;
    }

    public static void remove(long number) {
        WAITING.remove(number);
    }

    static Script get(long number) {
        return Optional.ofNullable(WAITING.get(number)).orElseThrow(() -> new IllegalStateException("there is no script " + number));
    }
}
