package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Accesses that a scenario lists: {@code TYPE} for all to objects of a kernel type, {@code TYPE.FIELD} for those to one field (the field
 * {@code lifetime} is its being freed), {@code TYPE.FIELD@FUNCTION} for those to it made in one kernel function.
 */
public final class Points {
    /** Every access. */
    public static final Points ALL = of(List.of());

    private static final Pattern FORM = Pattern.compile("[\\w-]+(\\.[\\w.-]+(@\\w+)?)?");

    private final Set<String> types = new LinkedHashSet<>();
    /** Functions by type and field; an empty list for any. */
    private final Map<String, Map<String, List<String>>> fields = new LinkedHashMap<>();

    private Points() {}

    /** @param texts empty for all accesses @throws IllegalArgumentException if one has another form */
    public static Points of(List<String> texts) {
        Points points = new Points();
        texts.forEach(points::add);
        return points;
    }

    private void add(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no TYPE, TYPE.FIELD or TYPE.FIELD@FUNCTION");
        }
        int dot = text.indexOf('.');
        if (dot < 0) {
            types.add(text);
            return;
        }
        int at = text.indexOf('@');
        String field = text.substring(dot + 1, at < 0 ? text.length() : at);
        List<String> functions = fields.computeIfAbsent(text.substring(0, dot), type -> new LinkedHashMap<>())
                .computeIfAbsent(field, name -> new ArrayList<>());
        functions.add(at < 0 ? "" : text.substring(at + 1));
    }

    /** Whether all accesses are meant. */
    public boolean all() {
        return types.isEmpty() && fields.isEmpty();
    }

    /** Whether any accesses to objects of that type are meant. */
    public boolean names(String type) {
        return has(type) || fields.containsKey(type);
    }

    /** Whether all accesses to objects of that type are meant. */
    public boolean has(String type) {
        return all() || types.contains(type);
    }

    /** @param function innermost kernel function of the running code; asked only where it matters, as that is slow */
    public boolean has(String type, String field, Supplier<String> function) {
        if (has(type)) {
            return true;
        }
        Map<String, List<String>> ofType = fields.get(type);
        List<String> functions = ofType == null ? null : ofType.get(field);
        return functions != null && (functions.contains("") || functions.contains(function.get()));
    }
}
