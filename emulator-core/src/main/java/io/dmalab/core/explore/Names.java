package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for contexts, objects and places that are the same in every execution of one exploration: a context is the n-th that its parent started, an
 * object the n-th that its context made, whatever ran in between. Looked up by key, never iterated.
 */
public final class Names {
    /** The context that everything before the exploration belongs to. */
    public static final int BOOT = 0;

    private record Child(int parent, int number) {}

    private record Place(int object, String field, long index) {}

    private final Map<Child, Integer> contexts = new HashMap<>();
    private final Map<Child, Integer> objects = new HashMap<>();
    private final Map<Place, Integer> places = new HashMap<>();
    private final List<String> contextNames = new ArrayList<>(List.of("boot"));

    /** The {@code number}-th context that {@code parent} started. */
    public int context(int parent, int number, String label) {
        return contexts.computeIfAbsent(new Child(parent, number), key -> {
            contextNames.add(label);
            return contextNames.size() - 1;
        });
    }

    /** What the context was called when it was first seen. */
    public String contextName(int context) {
        return contextNames.get(context);
    }

    /** Contexts seen so far. */
    public int contexts() {
        return contextNames.size();
    }

    /** The {@code number}-th object that {@code context} made. */
    public int object(int context, int number) {
        return objects.computeIfAbsent(new Child(context, number), key -> objects.size());
    }

    /** A field of an object, or one element of it; -1 where it has none. */
    public int place(int object, String field, long index) {
        return places.computeIfAbsent(new Place(object, field, index), key -> places.size());
    }
}
