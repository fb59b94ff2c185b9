package io.dmalab.core.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Puts plugins behind those that they require, and finds those that require each other. */
final class Requirements {
    private final List<Candidate> order = new ArrayList<>();
    private final Map<String, Candidate> left = new LinkedHashMap<>();

    /** @param plugins by id, in the order to keep where nothing is required */
    Requirements(Map<String, Candidate> plugins) {
        left.putAll(plugins);
        for (Optional<Candidate> next = next(); next.isPresent(); next = next()) {
            left.remove(next.get().id());
            order.add(next.get());
        }
    }

    /** The first that requires none of those that are left. */
    private Optional<Candidate> next() {
        return left.values().stream().filter(candidate -> candidate.requires().stream().noneMatch(left::containsKey)).findFirst();
    }

    /** All that require not themselves, each after those it requires, whether these are there or not. */
    List<Candidate> order() {
        return order;
    }

    /** Those that require themselves, or others that do. */
    List<Candidate> left() {
        return List.copyOf(left.values());
    }

    /** The way from a plugin to itself: {@code a -> b -> a}; empty if it only requires others that are on such a way. */
    Optional<String> cycle(Candidate start) {
        return way(start, start.id(), new TreeSet<>()).map(way -> start.id() + way);
    }

    private Optional<String> way(Candidate from, String goal, Set<String> seen) {
        for (String id : from.requires()) {
            if (id.equals(goal)) {
                return Optional.of(" -> " + id);
            }
            Candidate through = left.get(id);
            if (through != null && seen.add(id)) {
                Optional<String> rest = way(through, goal, seen);
                if (rest.isPresent()) {
                    return rest.map(text -> " -> " + id + text);
                }
            }
        }
        return Optional.empty();
    }
}
