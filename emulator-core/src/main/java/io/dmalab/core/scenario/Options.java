package io.dmalab.core.scenario;

import io.dmalab.api.config.Option;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/** What the components of an options record are to a user. */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class Options {
    private Options() {}

    /**
     * One option.
     *
     * @param name     as scenarios write it, in kebab-case
     * @param type     Java type of a value; for an Optional or a List that of the elements
     * @param shape    how many values there may be
     * @param byDefault the default as one would write it; empty if there is none
     */
    public record Info(String name, Type type, Shape shape, Optional<String> byDefault, String doc) {
        /** A scenario must give it. */
        public boolean required() {
            return shape == Shape.ONE && byDefault.isEmpty();
        }

        /** Choices of an enum, in order of declaration; empty for any other type. */
        public List<String> choices() {
            return type instanceof Class<?> c && c.isEnum()
                    ? Arrays.stream(c.getEnumConstants()).map(e -> Values.kebab(((Enum<?>) e).name())).toList()
                    : List.of();
        }
    }

    /** How many values an option takes. */
    public enum Shape { ONE, OPTIONAL, LIST }

    /** @throws IllegalArgumentException naming the component that is no option */
    public static List<Info> of(Class<? extends Record> record) {
        return Arrays.stream(record.getRecordComponents()).map(Options::info).toList();
    }

    private static Info info(RecordComponent component) {
        Option option = component.getAnnotation(Option.class);
        if (option == null) {
            throw new IllegalArgumentException("component " + component.getName() + " of " + component.getDeclaringRecord().getName()
                    + " has no @Option");
        }
        Type type = component.getGenericType();
        Shape shape = Shape.ONE;
        if (type instanceof ParameterizedType generic) {
            shape = generic.getRawType() == Optional.class ? Shape.OPTIONAL : Shape.LIST;
            type = generic.getActualTypeArguments()[0];
        }
        Optional<String> value = Optional.of(option.value()).filter(v -> !v.isEmpty());
        return new Info(Values.kebab(component.getName()), type, shape, value, option.doc());
    }

    /** The value of an option in a record; empty if the record has none of that name, or it is not set. */
    public static Optional<Object> value(Record record, String name) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            if (Values.kebab(component.getName()).equals(name)) {
                Object value = read(record, component);
                return value instanceof Optional<?> optional ? optional.map(v -> v) : Optional.of(value);
            }
        }
        return Optional.empty();
    }

    /** The option that has this text as its value. */
    public static Optional<String> nameOf(Record record, String value) {
        return of(record.getClass()).stream().map(Info::name).filter(name -> value(record, name).filter(value::equals).isPresent()).findFirst();
    }

    private static Object read(Record record, RecordComponent component) {
        try {
            component.getAccessor().trySetAccessible();
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(record.getClass()
                    + " cannot be reached: it is neither public in an exported package nor in an opened one", e);
        }
    }

    /**
     * Reads every default, as the first use would.
     *
     * @throws IllegalArgumentException saying which option is declared wrongly
     */
    public static void check(Class<? extends Record> record) {
        for (RecordComponent component : record.getRecordComponents()) {
            Info info = info(component);
            if (!Values.readable(component.getGenericType())) {
                throw new IllegalArgumentException("option '" + info.name() + "' is of type " + component.getGenericType().getTypeName()
                        + ", which options cannot have");
            }
            if (info.byDefault().isPresent()) {
                try {
                    OptionsBinder.byDefault(component, info.byDefault().get());
                } catch (BadInput e) {
                    throw new IllegalArgumentException("the default of option '" + info.name() + "' is wrong: " + e.getMessage(), e);
                }
            }
        }
    }
}
