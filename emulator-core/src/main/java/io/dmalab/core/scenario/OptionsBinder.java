package io.dmalab.core.scenario;

import io.dmalab.api.config.Option;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Fills an options record from a mapping. The record's {@link Option} annotations are the only copy of names and defaults. */
final class OptionsBinder {
    private OptionsBinder() {}

    /** The record with all its defaults. */
    static Record defaults(Class<? extends Record> type, YamlValue place) {
        return bind(type, new YamlMap(place));
    }

    static Record bind(Class<? extends Record> type, YamlMap map) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        YamlValue last = map.place();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            Optional<YamlValue> given = map.take(Values.kebab(component.getName()));
            if (given.isPresent()) {
                last = given.get();
                values[i] = Values.read(component.getGenericType(), last);
            } else {
                values[i] = byDefault(component, map);
            }
        }
        map.end();
        return create(type, components, values, last);
    }

    private static Object byDefault(RecordComponent component, YamlMap map) {
        Option option = component.getAnnotation(Option.class);
        if (option == null) {
            throw new IllegalStateException(component + " has no @Option");
        }
        if (!option.value().isEmpty()) {
            return byDefault(component, option.value());
        }
        if (component.getGenericType() instanceof ParameterizedType generic) {
            return generic.getRawType() == Optional.class ? Optional.empty() : List.of();
        }
        String name = Values.kebab(component.getName());
        throw map.place().bad("option '" + name + "' is missing", "add '" + name + ": ...' (" + option.doc() + ")");
    }

    /** The value of a default as its annotation writes it. */
    static Object byDefault(RecordComponent component, String value) {
        YamlMap map = YamlFile.parse("value: " + value + "\n", "default of " + Values.kebab(component.getName()));
        return Values.read(component.getGenericType(), map.require("value"));
    }

    private static Record create(Class<? extends Record> type, RecordComponent[] components, Object[] values, YamlValue place) {
        try {
            Class<?>[] signature = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(signature);
            constructor.trySetAccessible();
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw Values.bad(place, refused.getMessage());
            }
            throw new IllegalStateException(type + " cannot be made", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be reached: it is neither public in an exported package nor in an opened one", e);
        }
    }
}
