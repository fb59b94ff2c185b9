package io.dmalab.core.scenario;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An extension with its options, for a scenario that is built in code: {@code Use.of("mlx").with("channels", 4)}. Immutable.
 *
 * @param id      as {@code dmalab plugins} lists it; whether there is one shows when the scenario is run
 * @param options by name, each as a scenario's file would have it, in order
 */
public record Use(String id, Map<String, String> options) {
    public Use {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** With the defaults of all its options. */
    public static Use of(String id) {
        return new Use(id, Map.of());
    }

    /**
     * With one option more.
     *
     * @param value its text is what a scenario's file would have there: {@code 4}, {@code Span.ofSeconds(3)}, {@code "on"},
     *              {@code "{ exponential: { mean: 3s } }"}
     */
    public Use with(String option, Object value) {
        Map<String, String> more = new LinkedHashMap<>(options);
        more.put(option, value.toString());
        return new Use(id, more);
    }
}
