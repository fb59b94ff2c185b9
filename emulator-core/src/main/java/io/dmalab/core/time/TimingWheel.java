package io.dmalab.core.time;

import java.util.Arrays;

/**
 * The event queue of one machine: a hierarchical timing wheel of 11 levels of 64 slots at one nanosecond, on primitive arrays.
 *
 * <p>The order is total: time, then priority (0 first), then sequence of scheduling. An event stands at the level of the highest group of six bits in which
 * its time differs from {@code base}, a time not after the earliest event; when a slot of a higher level is reached, its events are dealt out to the
 * levels below, in their order, so that equal times stay first in, first out. Cancelling is O(1): the event stays where it is, without a target,
 * until it is reached or there are more cancelled events than live ones, when all of them are swept out.
 */
public final class TimingWheel {
    /** Number of priorities at one instant. */
    public static final int PRIORITIES = 4;

    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final int LEVELS = 11;
    private static final int NONE = -1;

    /** Lists: level 0 has one for each slot and priority, a higher level one for each slot. */
    private static final int LEVEL0_LISTS = SLOTS * PRIORITIES;
    private static final int LISTS = LEVEL0_LISTS + LEVELS * SLOTS;

    /** An event is four words side by side, so that touching it costs one cache line: time, argument, successor in its list, state. */
    private static final int WORDS = 4;
    private static final int ARG = 1;
    private static final int NEXT = 2;
    private static final int STATE = 3;
    /** State: pending in bit 0, priority in 10-11, the caller's word in 12-31, generation in 32-62. */
    private static final int PENDING = 1;
    private static final int PRIORITY_SHIFT = 10;
    private static final int CONTEXT_SHIFT = 12;
    private static final int CONTEXT_MAX = (1 << 20) - 1;
    private static final long GENERATION = 1L << 32;
    /** Cancelled events that are never swept for their own sake. */
    private static final int SWEEP_MIN = 1024;

    private final int[] head = new int[LISTS];
    private final int[] tail = new int[LISTS];
    private final long[] occupied = new long[LEVELS];
    private final byte[] priorities = new byte[SLOTS];

    private long[] cells = new long[64 * WORDS];
    private Object[] target = new Object[64];

    private int free = NONE;
    private int used;
    /** Events in lists that are not cancelled, and those that are. */
    private int size;
    private int cancelled;
    private long base;
    private long now;

    private long polledArg;
    private Object polledTarget;
    private int polledContext;

    public TimingWheel() {
        Arrays.fill(head, NONE);
        Arrays.fill(tail, NONE);
    }

    /** Number of pending events. */
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Time of the event polled last; 0 before the first. */
    public long now() {
        return now;
    }

    /** Moves the clock forward to {@code to} without an event. @throws IllegalArgumentException if an event is due before, or it is in the past */
    public void advance(long to) {
        if (to < now || size > 0 && peekTime() < to) {
            throw new IllegalArgumentException("cannot advance from " + now + " to " + to);
        }
        now = to;
        if (size == 0) {
            base = to;
        }
    }

    /**
     * @param at       nanoseconds, not before {@link #now()}
     * @param priority 0 to 3, smaller first at one instant
     * @param ctx      a word for the caller, 0 to 2^20 - 1
     * @return handle for {@link #cancel}, at least 0
     */
    public long schedule(long at, int priority, int ctx, Object what, long word) {
        if (at < now) {
            throw new IllegalArgumentException("event at " + at + " ns is before the present, " + now + " ns");
        }
        if ((ctx & ~CONTEXT_MAX) != 0) {
            throw new IllegalArgumentException("the caller's word " + ctx + " is not in 0.." + CONTEXT_MAX);
        }
        int slot = take();
        int cell = slot * WORDS;
        long generation = cells[cell + STATE] & -GENERATION;
        cells[cell] = at;
        cells[cell + ARG] = word;
        cells[cell + STATE] = generation | (long) ctx << CONTEXT_SHIFT | (long) priority << PRIORITY_SHIFT | PENDING;
        target[slot] = what;
        insert(slot, at, priority);
        size++;
        return generation | slot;
    }

    /** Removes a pending event; false if it was polled or cancelled before. */
    public boolean cancel(long handle) {
        int slot = (int) handle;
        if (handle < 0 || slot >= used) {
            return false;
        }
        long state = cells[slot * WORDS + STATE];
        if ((state & -GENERATION) != (handle & -GENERATION) || (state & PENDING) == 0) {
            return false;
        }
        cells[slot * WORDS + STATE] = state & ~PENDING;
        target[slot] = null;
        size--;
        if (++cancelled > size + SWEEP_MIN) {
            sweep();
        }
        return true;
    }

    /** Takes the earliest event out; its parts are then in {@link #now()}, {@link #arg()}, {@link #target()}, {@link #ctx()}. False if there is none. */
    public boolean poll() {
        while (size > 0) {
            int slot = occupied[0] == 0 ? cascade() : takeFirst();
            if (slot == NONE) {
                continue;
            }
            int cell = slot * WORDS;
            if ((cells[cell + STATE] & PENDING) == 0) {
                cancelled--;
                release(slot);
                continue;
            }
            now = cells[cell];
            base = now;
            polledArg = cells[cell + ARG];
            polledTarget = target[slot];
            polledContext = (int) cells[cell + STATE] >>> CONTEXT_SHIFT;
            size--;
            release(slot);
            return true;
        }
        return false;
    }

    public long arg() {
        return polledArg;
    }

    public Object target() {
        return polledTarget;
    }

    public int ctx() {
        return polledContext;
    }

    /** Time of the earliest event, {@link Long#MAX_VALUE} if there is none. Changes nothing; its time grows with the number of ties. */
    public long peekTime() {
        long earliest = Long.MAX_VALUE;
        for (int index = 0; index < LISTS && earliest == Long.MAX_VALUE && size > 0; index++) {
            for (int slot = head[index]; slot != NONE; slot = next(slot)) {
                if ((cells[slot * WORDS + STATE] & PENDING) != 0) {
                    earliest = Math.min(earliest, cells[slot * WORDS]);
                }
            }
        }
        return earliest;
    }

    /** The first event of the earliest instant, whose lists are all at level 0. */
    private int takeFirst() {
        int bucket = Long.numberOfTrailingZeros(occupied[0]);
        int priority = Integer.numberOfTrailingZeros(priorities[bucket]);
        int index = bucket * PRIORITIES + priority;
        int slot = head[index];
        int following = next(slot);
        head[index] = following;
        if (following == NONE) {
            tail[index] = NONE;
            priorities[bucket] &= (byte) ~(1 << priority);
            if (priorities[bucket] == 0) {
                occupied[0] &= ~(1L << bucket);
            }
        }
        return slot;
    }

    /**
     * Deals the earliest slot of the lowest occupied level out to the levels below. A slot with a single event needs no dealing: that event is the
     * earliest of all, and is returned, taken out; else {@link #NONE}.
     */
    private int cascade() {
        int level = 1;
        while (occupied[level] == 0) {
            level++;
        }
        int bucket = Long.numberOfTrailingZeros(occupied[level]);
        int index = upper(level, bucket);
        int slot = head[index];
        boolean single = slot == tail[index];
        head[index] = NONE;
        tail[index] = NONE;
        occupied[level] &= ~(1L << bucket);
        if (single) {
            return slot;
        }
        int shift = level * BITS;
        long above = shift + BITS >= 64 ? 0 : -1L << shift + BITS;
        base = base & above | (long) bucket << shift;
        while (slot != NONE) {
            int following = next(slot);
            int cell = slot * WORDS;
            insert(slot, cells[cell], (int) cells[cell + STATE] >>> PRIORITY_SHIFT & PRIORITIES - 1);
            slot = following;
        }
        return NONE;
    }

    private void insert(int slot, long at, int priority) {
        long differs = at ^ base;
        int level = differs == 0 ? 0 : (63 - Long.numberOfLeadingZeros(differs)) / BITS;
        int bucket = (int) (at >>> level * BITS) & SLOTS - 1;
        int index;
        if (level == 0) {
            index = bucket * PRIORITIES + priority;
            priorities[bucket] |= (byte) (1 << priority);
        } else {
            index = upper(level, bucket);
        }
        occupied[level] |= 1L << bucket;
        cells[slot * WORDS + NEXT] = NONE;
        int last = tail[index];
        tail[index] = slot;
        if (last == NONE) {
            head[index] = slot;
        } else {
            cells[last * WORDS + NEXT] = slot;
        }
    }

    /** Takes every cancelled event out of its list. */
    private void sweep() {
        for (int index = 0; index < LISTS; index++) {
            int kept = NONE;
            int slot = head[index];
            head[index] = NONE;
            while (slot != NONE) {
                int following = next(slot);
                if ((cells[slot * WORDS + STATE] & PENDING) == 0) {
                    release(slot);
                } else {
                    cells[slot * WORDS + NEXT] = NONE;
                    if (kept == NONE) {
                        head[index] = slot;
                    } else {
                        cells[kept * WORDS + NEXT] = slot;
                    }
                    kept = slot;
                }
                slot = following;
            }
            tail[index] = kept;
            if (kept == NONE) {
                vacate(index);
            }
        }
        cancelled = 0;
    }

    private void vacate(int index) {
        if (index >= LEVEL0_LISTS) {
            int at = index - LEVEL0_LISTS;
            occupied[at >> BITS] &= ~(1L << (at & SLOTS - 1));
            return;
        }
        int bucket = index / PRIORITIES;
        priorities[bucket] &= (byte) ~(1 << index % PRIORITIES);
        if (priorities[bucket] == 0) {
            occupied[0] &= ~(1L << bucket);
        }
    }

    private int next(int slot) {
        return (int) cells[slot * WORDS + NEXT];
    }

    private static int upper(int level, int bucket) {
        return LEVEL0_LISTS + (level << BITS) + bucket;
    }

    private int take() {
        int slot = free;
        if (slot != NONE) {
            free = next(slot);
            return slot;
        }
        if (used == target.length) {
            cells = Arrays.copyOf(cells, 2 * cells.length);
            target = Arrays.copyOf(target, 2 * used);
        }
        return used++;
    }

    private void release(int slot) {
        int cell = slot * WORDS;
        // the sign bit stays clear, so that a handle is never negative
        cells[cell + STATE] = (cells[cell + STATE] & -GENERATION) + GENERATION & Long.MAX_VALUE;
        cells[cell + NEXT] = free;
        target[slot] = null;
        free = slot;
    }
}
