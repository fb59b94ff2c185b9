package io.dmalab.core.time;

import java.util.Arrays;

/**
 * The event queue of one machine: a hierarchical timing wheel of 11 levels of 64 slots at one nanosecond, on primitive arrays.
 *
 * <p>The order is total: time, then priority (0 first), then sequence of scheduling. An event stands at the level of the highest group of six bits in which
 * its time differs from {@code base}, a time not after the earliest event; when a slot of a higher level is reached, its events are dealt out to the
 * levels below, in their order, so that equal times stay first in, first out. Cancelling is O(1) and needs no search.
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

    private final int[] head = new int[LEVEL0_LISTS + LEVELS * SLOTS];
    private final int[] tail = new int[head.length];
    private final long[] occupied = new long[LEVELS];
    private final byte[] priorities = new byte[SLOTS];

    private long[] time = new long[64];
    private long[] arg = new long[64];
    private Object[] target = new Object[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    private int[] list = new int[64];
    private int[] context = new int[64];
    private int[] generation = new int[64];

    private int free = NONE;
    private int used;
    private int size;
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
     * @param ctx      a word for the caller
     * @return handle for {@link #cancel}
     */
    public long schedule(long at, int priority, int ctx, Object what, long word) {
        if (at < now) {
            throw new IllegalArgumentException("event at " + at + " ns is before the present, " + now + " ns");
        }
        int slot = take();
        time[slot] = at;
        arg[slot] = word;
        target[slot] = what;
        context[slot] = ctx << 2 | priority;
        insert(slot, at, priority);
        size++;
        return (long) generation[slot] << 32 | slot;
    }

    /** Removes a pending event; false if it was polled or cancelled before. */
    public boolean cancel(long handle) {
        int slot = (int) handle;
        if (slot < 0 || slot >= used || generation[slot] != (int) (handle >>> 32) || list[slot] == NONE) {
            return false;
        }
        unlink(slot);
        release(slot);
        return true;
    }

    /** Takes the earliest event out; its parts are then in {@link #now()}, {@link #arg()}, {@link #target()}, {@link #ctx()}. False if there is none. */
    public boolean poll() {
        if (size == 0) {
            return false;
        }
        while (occupied[0] == 0) {
            cascade();
        }
        int bucket = Long.numberOfTrailingZeros(occupied[0]);
        int slot = head[bucket * PRIORITIES + Integer.numberOfTrailingZeros(priorities[bucket])];
        now = time[slot];
        base = now;
        polledArg = arg[slot];
        polledTarget = target[slot];
        polledContext = context[slot] >> 2;
        unlink(slot);
        release(slot);
        return true;
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

    /** Time of the earliest event, {@link Long#MAX_VALUE} if there is none. Changes nothing. */
    public long peekTime() {
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        int level = 0;
        while (occupied[level] == 0) {
            level++;
        }
        int bucket = Long.numberOfTrailingZeros(occupied[level]);
        if (level == 0) {
            return time[head[bucket * PRIORITIES + Integer.numberOfTrailingZeros(priorities[bucket])]];
        }
        long earliest = Long.MAX_VALUE;
        for (int slot = head[upper(level, bucket)]; slot != NONE; slot = next[slot]) {
            earliest = Math.min(earliest, time[slot]);
        }
        return earliest;
    }

    /** Deals the earliest slot of the lowest occupied level out to the levels below. */
    private void cascade() {
        int level = 1;
        while (occupied[level] == 0) {
            level++;
        }
        int bucket = Long.numberOfTrailingZeros(occupied[level]);
        int shift = level * BITS;
        long above = shift + BITS >= 64 ? 0 : -1L << shift + BITS;
        base = base & above | (long) bucket << shift;
        int index = upper(level, bucket);
        int slot = head[index];
        head[index] = NONE;
        tail[index] = NONE;
        occupied[level] &= ~(1L << bucket);
        while (slot != NONE) {
            int following = next[slot];
            insert(slot, time[slot], context[slot] & 3);
            slot = following;
        }
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
        int last = tail[index];
        list[slot] = index;
        previous[slot] = last;
        next[slot] = NONE;
        tail[index] = slot;
        if (last == NONE) {
            head[index] = slot;
        } else {
            next[last] = slot;
        }
    }

    private void unlink(int slot) {
        int index = list[slot];
        int before = previous[slot];
        int after = next[slot];
        if (before == NONE) {
            head[index] = after;
        } else {
            next[before] = after;
        }
        if (after == NONE) {
            tail[index] = before;
        } else {
            previous[after] = before;
        }
        if (head[index] == NONE) {
            vacate(index);
        }
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

    private static int upper(int level, int bucket) {
        return LEVEL0_LISTS + (level << BITS) + bucket;
    }

    private int take() {
        int slot = free;
        if (slot != NONE) {
            free = next[slot];
            return slot;
        }
        if (used == time.length) {
            grow();
        }
        return used++;
    }

    private void release(int slot) {
        list[slot] = NONE;
        target[slot] = null;
        generation[slot]++;
        next[slot] = free;
        free = slot;
        size--;
    }

    private void grow() {
        int length = 2 * used;
        time = Arrays.copyOf(time, length);
        arg = Arrays.copyOf(arg, length);
        target = Arrays.copyOf(target, length);
        next = Arrays.copyOf(next, length);
        previous = Arrays.copyOf(previous, length);
        list = Arrays.copyOf(list, length);
        context = Arrays.copyOf(context, length);
        generation = Arrays.copyOf(generation, length);
    }
}
