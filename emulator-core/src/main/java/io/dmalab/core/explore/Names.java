package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for contexts, objects and places that are the same in every execution of one exploration: a context is the n-th that its parent
 * started, an object the n-th that its context made, whatever ran in between. Looked up by key, never iterated.
 */
public final class Names {
    /** The context that everything before the exploration belongs to. */
    public static final int BOOT = 0;

    private record Child(int parent, int number) {}

    private record Place(int object, String field, long index) {}

    private final Map<Child, Integer> contexts = new HashMap<>();
    private final Map<Child, Integer> objects = new HashMap<>();
    private final Map<Place, Integer> places = new HashMap<>();
    private final BitSet cpus = new BitSet();
    private final List<String> contextNames = new ArrayList<>(List.of("boot"));
    private final List<String> paths = new ArrayList<>(List.of(""));

    /** The {@code number}-th context that {@code parent} started. */
    public int context(int parent, int number, String label) {
        return contexts.computeIfAbsent(new Child(parent, number), key -> {
            contextNames.add(label);
            paths.add(parent == BOOT ? Integer.toString(number) : paths.get(parent) + "." + number);
            return contextNames.size() - 1;
        });
    }

    /** What the context was called when it was first seen. */
    public String contextName(int context) {
        return contextNames.get(context);
    }

    /** Which child of which context it is, from boot on, e.g. {@code 3.0}: the same in every exploration of a scenario. */
    public String path(int context) {
        return paths.get(context);
    }

    /** The {@code number}-th object that {@code context} made. */
    public int object(int context, int number) {
        return objects.computeIfAbsent(new Child(context, number), key -> objects.size());
    }

    /** A CPU as something that one context can have to itself. */
    public int cpu(int number) {
        int place = place(-1, "cpu", number);
        cpus.set(place);
        return place;
    }

    /** Whether the place is a CPU, and no data. */
    public boolean isCpu(int place) {
        return cpus.get(place);
    }

    /** A field of an object, or one element of it; -1 where it has none. */
    public int place(int object, String field, long index) {
        return places.computeIfAbsent(new Place(object, field, index), key -> places.size());
    }
}
