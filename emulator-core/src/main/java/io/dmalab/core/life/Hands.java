package io.dmalab.core.life;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Who has one page since when, and what to say when that changes. */
final class Hands {
    private final Map<String, Long> since = new LinkedHashMap<>();

    /** What has changed, in words; empty if nothing has. */
    Optional<String> change(List<String> holders, long now) {
        List<String> come = holders.stream().filter(holder -> !since.containsKey(holder)).toList();
        List<String> gone = since.keySet().stream().filter(holder -> !holders.contains(holder)).toList();
        if (come.isEmpty() && gone.isEmpty()) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        if (!come.isEmpty()) {
            parts.add((since.size() > gone.size() ? "also with " : "with ") + String.join(" and ", come));
        }
        for (String holder : gone) {
            parts.add(holder + " lets go after " + span(now - since.remove(holder)));
        }
        come.forEach(holder -> since.put(holder, now));
        if (come.isEmpty()) {
            parts.add("still with " + (since.size() == 1 ? since.keySet().iterator().next() : since.size() + " holders"));
        }
        return Optional.of(String.join("; ", parts));
    }

    void nobody() {
        since.clear();
    }

    private static String span(long nanos) {
        return nanos >= 1_000_000_000 ? String.format(Locale.ROOT, "%.2f s", nanos / 1e9)
                : nanos >= 1_000_000 ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6) : String.format(Locale.ROOT, "%d us",
                nanos / 1000);
    }
}
