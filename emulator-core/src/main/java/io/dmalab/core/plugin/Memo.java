package io.dmalab.core.plugin;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Answers that depend on their question alone, for machines on any thread: worked out by the first that asks. Looked up, never iterated.
 */
public final class Memo<K, V> {
    private final Map<K, V> known = new ConcurrentHashMap<>();

    /** @param answer may be asked more than once for one question, if several threads ask at the same time; one of its answers is kept */
    public V get(K question, Function<? super K, ? extends V> answer) {
        V before = known.get(question);
        if (before != null) {
            return before;
        }
        V now = answer.apply(question);
        V other = known.putIfAbsent(question, now);
        return other == null ? now : other;
    }
}
