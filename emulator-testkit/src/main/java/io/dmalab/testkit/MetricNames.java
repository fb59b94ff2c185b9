package io.dmalab.testkit;

import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.scenario.Suggestion;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Tells a counter that nothing has counted under from one that does not exist: a misspelt name would be 0 for ever. */
final class MetricNames {
    private MetricNames() {}

    /** Empty if the name is known. @param counted names under which the runs have counted */
    static Optional<String> complaint(String name, Collection<String> counted) {
        SortedSet<String> known = new TreeSet<>(counted);
        for (Field field : Metrics.class.getFields()) {
            known.add(constant(field));
        }
        return known.contains(name) ? Optional.empty()
                : Optional.of("There is no counter '" + name + "' in this run; " + Suggestion.remedy(name, known));
    }

    private static String constant(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + " is public", e);
        }
    }
}
