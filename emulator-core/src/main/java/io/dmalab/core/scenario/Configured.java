package io.dmalab.core.scenario;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An extension as the user asked for it: its id and its options, with their places; resolved against the loaded plugins later. */
public final class Configured {
    private final String id;
    private final YamlValue place;
    private final String idKey;
    private final Optional<YamlValue> options;

    private Configured(String id, YamlValue place, String idKey, Optional<YamlValue> options) {
        this.idKey = idKey;
        this.id = id;
        this.place = place;
        this.options = options;
    }

    /** {@code legacy}, or {@code { id: wait-for-drain, interval: 50ms }}. */
    static Configured read(YamlValue value) {
        return value.isMap() ? read(value, "id") : new Configured(value.text(), value, "id", Optional.empty());
    }

    /** @param idKey key that holds the id; the other keys are options */
    static Configured read(YamlValue value, String idKey) {
        YamlValue id = value.map().require(idKey);
        return new Configured(id.text(), id, idKey, Optional.of(value));
    }

    /** {@code wait-for-drain,interval=10ms,cap=5s} as given on the command line. @param place e.g. {@code --policy} */
    public static Configured parse(String text, String place) {
        int comma = text.indexOf(',');
        String id = comma < 0 ? text : text.substring(0, comma);
        String yaml = "id: " + quote(id, place) + "\n";
        if (comma >= 0) {
            for (String option : text.substring(comma + 1).split(",", -1)) {
                int equals = option.indexOf('=');
                if (equals < 1) {
                    throw BadInput.of(place, BadInput.quote(option) + " is not an option of the form name=value",
                            "write e.g. wait-for-drain,cap=10s");
                }
                yaml += quote(option.substring(0, equals), place) + ": " + quote(option.substring(equals + 1), place) + "\n";
            }
        }
        return read(YamlFile.parseArgument(yaml, place).place());
    }

    /** An extension with options whose values may hold any character, such as file names. @param place as for {@link #parse} */
    public static Configured of(String id, Map<String, String> options, String place) {
        StringBuilder yaml = new StringBuilder("id: ").append(quote(id, place)).append('\n');
        options.forEach((name, value) -> yaml.append(quote(name, place)).append(": \"").append(escaped(value)).append("\"\n"));
        return read(YamlFile.parseArgument(yaml.toString(), place).place());
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(String.format(Locale.ROOT, "\\u%04x", c)));
        return escaped.toString();
    }

    private static String quote(String text, String place) {
        if (text.isBlank() || text.contains("\"") || text.contains("\\") || text.contains("\n")) {
            String what = text.isBlank() ? "a name or a value is empty" : BadInput.quote(text) + " cannot be a name or a value";
            throw BadInput.of(place, what, "write e.g. wait-for-drain,cap=10s");
        }
        return '"' + text + '"';
    }

    public String id() {
        return id;
    }

    /** An error at the place of the id. */
    public BadInput unknown(String kind, Collection<String> known) {
        return place.bad("unknown " + kind + " " + BadInput.quote(id), Suggestion.remedy(id, known));
    }

    /** An error at the place of an option's value; at that of the id if the option is not given. */
    public BadInput bad(String option, String what, String remedy) {
        return options.flatMap(o -> o.map().take(option)).orElse(place).bad(what, remedy);
    }

    /**
     * Id and options in one canonical line, {@code wait-for-drain,cap=10s}, which {@link #parse} reads again; empty if an option is more
     * than a plain value.
     */
    public Optional<String> text() {
        StringBuilder text = new StringBuilder(id);
        if (options.isPresent()) {
            YamlMap map = options.get().map();
            for (String key : map.keys().stream().filter(k -> !k.equals(idKey)).sorted().toList()) {
                YamlValue value = map.require(key);
                if (!value.isPlain() || value.text().contains(",")) {
                    return Optional.empty();
                }
                text.append(',').append(key).append('=').append(value.text());
            }
        }
        return Optional.of(text.toString());
    }

    /**
     * Binds the options to a record.
     *
     * @param record  empty if the extension has no options
     * @param ignored keys of the mapping, other than that of the id, which are not the extension's
     * @return the record, or null if {@code record} is empty
     */
    public Record bind(Optional<Class<? extends Record>> record, Collection<String> ignored) {
        if (options.isEmpty()) {
            return record.map(r -> OptionsBinder.defaults(r, place)).orElse(null);
        }
        YamlMap map = options.get().map();
        map.skip(idKey);
        ignored.forEach(map::skip);
        if (record.isEmpty()) {
            map.end();
            return null;
        }
        return OptionsBinder.bind(record.get(), map);
    }
}
