package io.dmalab.core.scenario;

import io.dmalab.api.config.Option;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Fills an options record from a mapping. The record's {@link Option} annotations are the only copy of names and defaults. */
final class OptionsBinder {
    /** What stands for itself in YAML. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9./-]*");

    private OptionsBinder() {}

    /** The record with all its defaults. */
    static Record defaults(Class<? extends Record> type, YamlValue place) {
        return bind(type, new YamlMap(place));
    }

    static Record bind(Class<? extends Record> type, YamlMap map) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Map<String, YamlValue> places = new LinkedHashMap<>();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            String name = Values.kebab(component.getName());
            Optional<YamlValue> given = map.take(name);
            if (given.isPresent()) {
                places.put(name, given.get());
                values[i] = Values.read(component.getGenericType(), given.get());
            } else {
                values[i] = byDefault(component, map);
            }
        }
        map.end();
        return create(type, components, values, message -> place(message, places).orElse(map.place()));
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

    /** The option that a record's complaint is about: the one it names, else one whose value it repeats, else the last one given. */
    private static Optional<YamlValue> place(String message, Map<String, YamlValue> given) {
        List<String> words = List.of(message.split("[^A-Za-z0-9./-]+"));
        Optional<YamlValue> named = words.stream().filter(given::containsKey).findFirst().map(given::get);
        return named.or(() -> given.values().stream().filter(v -> v.isPlain() && words.contains(v.text())).findFirst())
                .or(() -> given.values().stream().reduce((first, second) -> second));
    }

    /** The value of a default as its annotation writes it. Words need no parser: every start of dmalab looks at some hundred defaults. */
    static Object byDefault(RecordComponent component, String value) {
        String name = "default of " + Values.kebab(component.getName());
        YamlValue read = WORD.matcher(value).matches() ? YamlValue.word(name, value) : YamlFile.parse("value: " + value + "\n", name).require("value");
        return Values.read(component.getGenericType(), read);
    }

    private static Record create(Class<? extends Record> type, RecordComponent[] components, Object[] values,
            Function<String, YamlValue> place) {
        try {
            Class<?>[] signature = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(signature);
            constructor.trySetAccessible();
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw Values.bad(place.apply(refused.getMessage()), refused.getMessage());
            }
            throw new IllegalStateException(type + " cannot be made", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be reached: it is neither public in an exported package nor in an opened one",
                    e);
        }
    }
}
