package io.dmalab.core.scenario;

import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Rate;
import io.dmalab.api.config.Span;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Turns YAML values into Java values of the types that options may have. */
final class Values {
    private static final Map<String, Boolean> SWITCH =
            Map.of("on", true, "off", false, "true", true, "false", false, "yes", true, "no", false);

    private static final Map<Class<?>, Function<String, Object>> SCALARS = Map.ofEntries(
            Map.entry(Span.class, Span::parse),
            Map.entry(ByteSize.class, ByteSize::parse),
            Map.entry(Rate.class, Rate::parse),
            Map.entry(BitRate.class, BitRate::parse),
            Map.entry(String.class, text -> text),
            Map.entry(int.class, text -> Math.toIntExact(whole(text))),
            Map.entry(Integer.class, text -> Math.toIntExact(whole(text))),
            Map.entry(long.class, Values::whole),
            Map.entry(Long.class, Values::whole),
            Map.entry(double.class, Values::number),
            Map.entry(Double.class, Values::number),
            Map.entry(boolean.class, Values::onOff),
            Map.entry(Boolean.class, Values::onOff));

    /** Plain decimal numbers only: Java would also read NaN, 1f and 0x1p3. */
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]{1,3})?");

    private Values() {}

    /** Whether {@link #read} knows the type. */
    static boolean readable(Type type) {
        if (type instanceof ParameterizedType generic) {
            return (generic.getRawType() == Optional.class || generic.getRawType() == List.class)
                    && readable(generic.getActualTypeArguments()[0]);
        }
        return type == HoldTime.class || SCALARS.containsKey(type) || type instanceof Class<?> c && c.isEnum();
    }

    /** @throws BadInput if the value is not of that type */
    static Object read(Type type, YamlValue value) {
        if (type instanceof ParameterizedType generic) {
            Type of = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Optional.class) {
                return Optional.of(read(of, value));
            }
            if (generic.getRawType() == List.class) {
                return value.list().stream().map(v -> read(of, v)).toList();
            }
        }
        if (type == HoldTime.class) {
            return HoldTimes.read(value);
        }
        String text = value.text().strip();
        try {
            if (type instanceof Class<?> c && c.isEnum()) {
                return constant(c, text);
            }
            Function<String, Object> scalar = SCALARS.get(type);
            if (scalar != null) {
                return scalar.apply(text);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw bad(value, e.getMessage());
        }
        throw new IllegalStateException("options cannot be of type " + type.getTypeName());
    }

    /** Splits "what; remedy" where a parser has both. */
    static BadInput bad(YamlValue value, String message) {
        int split = message.indexOf("; ");
        return split < 0 ? value.bad(message, "correct the value") : value.bad(message.substring(0, split), message.substring(split + 2));
    }

    /** Name of an enum constant in scenarios: lower case, dashes. */
    static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    private static Object constant(Class<?> type, String text) {
        Map<String, Object> byName = new TreeMap<>();
        Arrays.stream(type.getEnumConstants()).forEach(c -> byName.put(kebab(((Enum<?>) c).name()), c));
        Object found = byName.get(text);
        if (found == null) {
            throw new IllegalArgumentException(BadInput.quote(text) + " is not one of the choices; "
                    + Suggestion.remedy(text, byName.keySet()));
        }
        return found;
    }

    /** A whole number, with the suffixes k, M, G for thousands and 0x for hexadecimal. */
    static long whole(String text) {
        try {
            if (text.startsWith("0x")) {
                return Long.parseUnsignedLong(text.substring(2), 16);
            }
            int at = "kMG".indexOf(text.isEmpty() ? ' ' : text.charAt(text.length() - 1));
            long factor = at < 0 ? 1 : at == 0 ? 1_000L : at == 1 ? 1_000_000L : 1_000_000_000L;
            return Math.multiplyExact(Long.parseLong(at < 0 ? text : text.substring(0, text.length() - 1)), factor);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(BadInput.quote(text) + " is not a whole number; write digits, e.g. 8, 50M or 0x10", e);
        }
    }

    private static Object number(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new IllegalArgumentException(BadInput.quote(text) + " is not a number; write e.g. 0.5");
        }
        return Double.parseDouble(text);
    }

    private static Object onOff(String text) {
        Boolean found = SWITCH.get(text);
        if (found == null) {
            throw new IllegalArgumentException(BadInput.quote(text) + " is neither on nor off; write on or off");
        }
        return found;
    }
}
