package io.dmalab.api.profile;

import java.lang.reflect.RecordComponent;

/**
 * One property of a profile.
 *
 * @param name    as the code calls it, with the group it belongs to before a dot if there are groups
 * @param value   as a person reads it
 * @param meaning one sentence, without a full stop; empty if nobody said
 * @param source  where it is known from; may be empty
 */
public record Property(String name, String value, String meaning, String source) {
    /** A record's component with what its {@link Meaning} says. @param prefix the group with its dot, or empty */
    public static Property of(String prefix, RecordComponent component, Object value) {
        Meaning meaning = component.getAnnotation(Meaning.class);
        return new Property(prefix + component.getName(), text(value), meaning == null ? "" : meaning.value(),
                meaning == null ? "" : meaning.source());
    }

    private static String text(Object value) {
        return value instanceof Boolean yes ? yes ? "yes" : "no" : value.toString();
    }
}
