package io.dmalab.core.scenario;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping whose keys are taken one by one; what is left in the end is an unknown key. */
final class YamlMap {
    private record Entry(YamlValue key, YamlValue value) {}

    private final YamlValue place;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    YamlMap(YamlValue place) {
        this.place = place;
    }

    void put(YamlValue key, YamlValue value) {
        if (entries.putIfAbsent(key.text(), new Entry(key, value)) != null) {
            throw key.bad("key " + BadInput.quote(key.text()) + " is given twice", "remove one");
        }
    }

    YamlValue place() {
        return place;
    }

    Optional<YamlValue> take(String key) {
        known.add(key);
        return Optional.ofNullable(entries.remove(key)).map(Entry::value);
    }

    /** The place of a key's value, without taking it; that of the mapping if there is no such key. */
    YamlValue placeOf(String key) {
        return entries.containsKey(key) ? entries.get(key).value() : place;
    }

    /** Takes a key that belongs to somebody else; it is not offered to a user who misspells another one. */
    void skip(String key) {
        entries.remove(key);
    }

    YamlValue require(String key) {
        return take(key).orElseThrow(() -> place.bad("key '" + key + "' is missing", "add '" + key + ": ...'"));
    }

    /** Refuses the keys that nobody took. */
    void end() {
        end(List.of());
    }

    /** @param more further keys that would have been right */
    void end(Collection<String> more) {
        if (entries.isEmpty()) {
            return;
        }
        List<String> all = new ArrayList<>(known);
        all.addAll(more);
        Entry first = entries.values().iterator().next();
        throw first.key.bad("unknown key " + BadInput.quote(first.key.text()), Suggestion.remedy(first.key.text(), all));
    }

    Collection<String> keys() {
        return List.copyOf(entries.keySet());
    }
}
