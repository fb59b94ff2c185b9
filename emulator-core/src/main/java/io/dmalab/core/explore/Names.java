package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Numbers for contexts, objects and places that are the same in every execution of one exploration: a context is the n-th that its parent
 * started, an object the n-th that its context made, whatever ran in between. Looked up by key, never iterated.
 *
 * <p>Not thread-safe: each thread has a {@link #view} of its own, which asks for what it has not seen yet. Which number something gets then
 * depends on who came first, so nothing may depend on that: order is that of {@link #compare}.
 */
public final class Names {
    /** The context that everything before the exploration belongs to. */
    public static final int BOOT = 0;

    /** Owner of places that are no object's. */
    private static final int NO_OBJECT = -1;

    /** Of each context its children's numbers, 0 where there is none yet. */
    private int[][] children = new int[16][];
    /** Of each context its objects' numbers, 0 where there is none yet. */
    private int[][] objects = new int[16][];
    private int objectCount;
    /** Of each object its places; the first is that of no object. */
    private Places[] places = new Places[64];
    private int placeCount;
    /** Changed by copying. */
    private volatile BitSet cpus = new BitSet();
    private final List<String> contextNames = new ArrayList<>(List.of("boot"));
    private final List<int[]> paths = new ArrayList<>(List.of(new int[0]));
    /** Gives numbers out, one thread at a time; null where it is this. */
    private final Names source;
    /** In a view: paths by number, as far as they have been asked for. */
    private int[][] knownPaths = new int[16][];

    public Names() {
        this(null);
    }

    private Names(Names source) {
        this.source = source;
    }

    /** The same numbers for another thread. From the first view on this may be used by its views only. Any thread. */
    public Names view() {
        return new Names(source == null ? this : source);
    }

    /** The {@code number}-th context that {@code parent} started. */
    public int context(int parent, int number, String label) {
        children = covering(children, parent);
        int[] row = covering(children[parent], number);
        children[parent] = row;
        if (row[number] == 0) {
            row[number] = newContext(parent, number, label);
        }
        return row[number];
    }

    private int newContext(int parent, int number, String label) {
        if (source != null) {
            synchronized (source) {
                return source.context(parent, number, label);
            }
        }
        contextNames.add(label);
        int[] above = paths.get(parent);
        int[] path = Arrays.copyOf(above, above.length + 1);
        path[above.length] = number;
        paths.add(path);
        return paths.size() - 1;
    }

    /** What the context was called when it was first seen. */
    public String contextName(int context) {
        if (source != null) {
            synchronized (source) {
                return source.contextName(context);
            }
        }
        return contextNames.get(context);
    }

    /** Which child of which context it is, from boot on, e.g. {@code 3.0}: the same in every exploration of a scenario. */
    public String path(int context) {
        StringBuilder text = new StringBuilder();
        for (int number : steps(context)) {
            text.append(text.isEmpty() ? "" : ".").append(number);
        }
        return text.toString();
    }

    /** Order of contexts by descent, parents first: unlike that of their numbers the same whatever was seen before. */
    public int compare(int context, int other) {
        return Arrays.compare(steps(context), steps(other));
    }

    /** From boot down to the context. */
    private int[] steps(int context) {
        if (source == null) {
            return paths.get(context);
        }
        knownPaths = covering(knownPaths, context);
        if (knownPaths[context] == null) {
            synchronized (source) {
                knownPaths[context] = source.steps(context);
            }
        }
        return knownPaths[context];
    }

    /** The {@code number}-th object that {@code context} made. Those made before the exploration need no table: they have even numbers. */
    public int object(int context, int number) {
        if (context == BOOT) {
            return 2 * number;
        }
        objects = covering(objects, context);
        int[] row = covering(objects[context], number);
        objects[context] = row;
        if (row[number] == 0) {
            row[number] = newObject(context, number);
        }
        return row[number];
    }

    private int newObject(int context, int number) {
        if (source != null) {
            synchronized (source) {
                return source.object(context, number);
            }
        }
        return 2 * objectCount++ + 1;
    }

    /** A CPU as something that one context can have to itself. */
    public int cpu(int number) {
        if (source != null) {
            synchronized (source) {
                return source.cpu(number);
            }
        }
        int place = place(NO_OBJECT, "cpu", number);
        if (!cpus.get(place)) {
            BitSet more = (BitSet) cpus.clone();
            more.set(place);
            cpus = more;
        }
        return place;
    }

    /** The beginning and going on of a context: whoever starts or cancels it writes this. */
    public int contextPlace(int context) {
        return place(NO_OBJECT, "context", context);
    }

    /** Who is in a read section of RCU: a grace period looks at it. */
    public int readers() {
        return place(NO_OBJECT, "readers", -1);
    }

    /** A read section of a context. @param number which of them */
    public int section(int context, int number) {
        return place(NO_OBJECT, "section", (long) context << Integer.SIZE | number);
    }

    /** Whether the place is a CPU, and no data. */
    public boolean isCpu(int place) {
        return (source == null ? cpus : source.cpus).get(place);
    }

    /** Number of places so far, as far as this thread has seen them. */
    public int places() {
        return placeCount;
    }

    /** A field of an object, or one element of it; -1 where it has none. */
    public int place(int object, String field, long index) {
        int at = object - NO_OBJECT;
        if (at >= places.length) {
            places = Arrays.copyOf(places, Math.max(at + 1, 2 * places.length));
        }
        Places known = places[at];
        if (known == null) {
            known = new Places();
            places[at] = known;
        }
        int place = known.find(field, index);
        if (place < 0) {
            place = newPlace(object, field, index);
            known.put(field, index, place);
        }
        return place;
    }

    private int newPlace(int object, String field, long index) {
        if (source == null) {
            return placeCount++;
        }
        synchronized (source) {
            int place = source.place(object, field, index);
            placeCount = Math.max(placeCount, place + 1);
            return place;
        }
    }

    private static int[][] covering(int[][] rows, int index) {
        return index < rows.length ? rows : Arrays.copyOf(rows, Math.max(index + 1, 2 * rows.length));
    }

    private static int[] covering(int[] row, int index) {
        if (row == null) {
            return new int[Math.max(4, index + 1)];
        }
        return index < row.length ? row : Arrays.copyOf(row, Math.max(index + 1, 2 * row.length));
    }

    /** The places of one object: open addressing, since each access of model code looks up two or three. */
    private static final class Places {
        private String[] fields = new String[8];
        private long[] indices = new long[8];
        private int[] numbers = new int[8];
        private int size;

        int find(String field, long index) {
            int mask = fields.length - 1;
            for (int at = home(field, index, mask); fields[at] != null; at = at + 1 & mask) {
                if (indices[at] == index && fields[at].equals(field)) {
                    return numbers[at];
                }
            }
            return -1;
        }

        void put(String field, long index, int number) {
            if (2 * ++size > fields.length) {
                grow();
            }
            insert(field, index, number);
        }

        private void insert(String field, long index, int number) {
            int mask = fields.length - 1;
            int at = home(field, index, mask);
            while (fields[at] != null) {
                at = at + 1 & mask;
            }
            fields[at] = field;
            indices[at] = index;
            numbers[at] = number;
        }

        private void grow() {
            String[] oldFields = fields;
            long[] oldIndices = indices;
            int[] oldNumbers = numbers;
            fields = new String[2 * oldFields.length];
            indices = new long[fields.length];
            numbers = new int[fields.length];
            for (int i = 0; i < oldFields.length; i++) {
                if (oldFields[i] != null) {
                    insert(oldFields[i], oldIndices[i], oldNumbers[i]);
                }
            }
        }

        private static int home(String field, long index, int mask) {
            long mixed = (field.hashCode() + index * 0x9e3779b97f4a7c15L) * 0xc2b2ae3d27d4eb4fL;
            return (int) (mixed >>> 40) & mask;
        }
    }
}
