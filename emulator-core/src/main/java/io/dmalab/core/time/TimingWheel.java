package io.dmalab.core.time;

import java.util.Arrays;

/**
 * The event queue of one machine: a hierarchical timing wheel of 11 levels of 64 buckets at one nanosecond, on primitive arrays.
 *
 * <p>The order is total: time, then priority (0 first), then sequence of scheduling. An event stands at the level of the highest group of
 * six bits in which its time differs from {@code base}, a time not after the earliest event; when a bucket of a higher level is reached,
 * its events are dealt out to the levels below, in their order, so that equal times stay first in, first out. Buckets hold times by value:
 * dealing reads and writes memory in sequence, and an event's own words are touched when it is scheduled and when it is due. Cancelling is
 * O(1): the event stays where it is, marked, until it is reached or there are more cancelled events than live ones, when all of them are
 * swept out.
 */
public final class TimingWheel implements EventQueue {
    /** Number of priorities at one instant. */
    public static final int PRIORITIES = 4;

    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final int LEVELS = 11;

    /** Buckets: level 0 has one for each slot and priority, a higher level one for each slot. */
    private static final int LEVEL0_BUCKETS = SLOTS * PRIORITIES;
    private static final int BUCKETS = LEVEL0_BUCKETS + LEVELS * SLOTS;
    /** Longs of a bucket's first array, and of the largest that an empty bucket keeps. */
    private static final int BUCKET_MIN = 8;
    private static final int BUCKET_KEPT = 1 << 12;

    /** State of an event: pending in bit 0, the caller's word in 12-31, generation in 32-62. */
    private static final int PENDING = 1;
    private static final int CONTEXT_SHIFT = 12;
    private static final int CONTEXT_MAX = (1 << 20) - 1;
    private static final long GENERATION = 1L << 32;
    /** Cancelled events that are never swept for their own sake. */
    private static final int SWEEP_MIN = 1024;

    /** Per bucket pairs of words: time, and priority << 32 | event. */
    private final long[][] buckets = new long[BUCKETS][];
    /** Per bucket the longs in use; at level 0 also those that are polled already. */
    private final int[] filled = new int[BUCKETS];
    private final int[] polled = new int[LEVEL0_BUCKETS];
    private final long[] occupied = new long[LEVELS];
    private final byte[] priorities = new byte[SLOTS];

    /** Per event two words, argument and state. */
    private long[] words = new long[128];
    private Object[] target = new Object[64];
    private int[] free = new int[64];
    private int freeCount;
    private int used;

    /** Events in buckets that are not cancelled, and those that are. */
    private int size;
    private int cancelled;
    private long base;
    private long now;

    private long polledArg;
    private Object polledTarget;
    private int polledContext;

    /** Number of pending events. */
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public long schedule(long at, int priority, int ctx, Object what, long word) {
        if (at < now) {
            throw new IllegalArgumentException("event at " + at + " ns is before the present, " + now + " ns");
        }
        if ((ctx & ~CONTEXT_MAX) != 0) {
            throw new IllegalArgumentException("the caller's word " + ctx + " is not in 0.." + CONTEXT_MAX);
        }
        int event = freeCount > 0 ? free[--freeCount] : fresh();
        long generation = words[2 * event + 1] & -GENERATION;
        words[2 * event] = word;
        words[2 * event + 1] = generation | (long) ctx << CONTEXT_SHIFT | PENDING;
        target[event] = what;
        insert(at, (long) priority << 32 | event);
        size++;
        return generation | event;
    }

    @Override
    public boolean cancel(long handle) {
        int event = (int) handle;
        if (handle < 0 || event >= used) {
            return false;
        }
        long state = words[2 * event + 1];
        if ((state & -GENERATION) != (handle & -GENERATION) || (state & PENDING) == 0) {
            return false;
        }
        words[2 * event + 1] = state & ~PENDING;
        target[event] = null;
        size--;
        if (++cancelled > size + SWEEP_MIN) {
            sweep();
        }
        return true;
    }

    @Override
    public boolean poll() {
        while (size > 0) {
            int event;
            long time;
            if (occupied[0] != 0) {
                int slot = Long.numberOfTrailingZeros(occupied[0]);
                int bucket = slot * PRIORITIES + Integer.numberOfTrailingZeros(priorities[slot]);
                int at = polled[bucket];
                time = buckets[bucket][at];
                event = (int) buckets[bucket][at + 1];
                if (at + 2 == filled[bucket]) {
                    empty(bucket);
                } else {
                    polled[bucket] = at + 2;
                }
            } else {
                int bucket = earliestBucket();
                if (filled[bucket] > 2) {
                    deal(bucket);
                    continue;
                }
                // alone in its bucket, so the earliest of all: nothing to deal
                time = buckets[bucket][0];
                event = (int) buckets[bucket][1];
                empty(bucket);
            }
            long state = words[2 * event + 1];
            if ((state & PENDING) != 0) {
                now = time;
                base = time;
                polledArg = words[2 * event];
                polledTarget = target[event];
                polledContext = (int) state >>> CONTEXT_SHIFT;
                size--;
                release(event);
                return true;
            }
            cancelled--;
            release(event);
        }
        return false;
    }

    @Override
    public long arg() {
        return polledArg;
    }

    @Override
    public Object target() {
        return polledTarget;
    }

    @Override
    public int ctx() {
        return polledContext;
    }

    /** The lowest occupied level's first bucket, above level 0. */
    private int earliestBucket() {
        int level = 1;
        while (occupied[level] == 0) {
            level++;
        }
        return upper(level, Long.numberOfTrailingZeros(occupied[level]));
    }

    /** Deals a bucket out to the levels below. */
    private void deal(int bucket) {
        int level = (bucket - LEVEL0_BUCKETS) >> BITS;
        int shift = level * BITS;
        long above = shift + BITS >= 64 ? 0 : -1L << shift + BITS;
        base = base & above | (long) (bucket - LEVEL0_BUCKETS & SLOTS - 1) << shift;
        long[] pairs = buckets[bucket];
        int length = filled[bucket];
        empty(bucket);
        for (int i = 0; i < length; i += 2) {
            insert(pairs[i], pairs[i + 1]);
        }
    }

    private void insert(long at, long event) {
        long differs = at ^ base;
        int bucket;
        if ((differs & -SLOTS) == 0) {
            int slot = (int) at & SLOTS - 1;
            int priority = (int) (event >>> 32);
            priorities[slot] |= (byte) (1 << priority);
            occupied[0] |= 1L << slot;
            bucket = slot * PRIORITIES + priority;
        } else {
            int level = (63 - Long.numberOfLeadingZeros(differs)) / BITS;
            int slot = (int) (at >>> level * BITS) & SLOTS - 1;
            occupied[level] |= 1L << slot;
            bucket = upper(level, slot);
        }
        int end = filled[bucket];
        long[] pairs = buckets[bucket];
        if (pairs == null || end == pairs.length) {
            pairs = pairs == null ? new long[BUCKET_MIN] : Arrays.copyOf(pairs, 2 * end);
            buckets[bucket] = pairs;
        }
        pairs[end] = at;
        pairs[end + 1] = event;
        filled[bucket] = end + 2;
    }

    private void empty(int bucket) {
        filled[bucket] = 0;
        if (buckets[bucket].length > BUCKET_KEPT) {
            buckets[bucket] = null;
        }
        if (bucket >= LEVEL0_BUCKETS) {
            int at = bucket - LEVEL0_BUCKETS;
            occupied[at >> BITS] &= ~(1L << (at & SLOTS - 1));
            return;
        }
        polled[bucket] = 0;
        int slot = bucket / PRIORITIES;
        priorities[slot] &= (byte) ~(1 << bucket % PRIORITIES);
        if (priorities[slot] == 0) {
            occupied[0] &= ~(1L << slot);
        }
    }

    /** Takes every cancelled event out of its bucket. */
    private void sweep() {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            if (filled[bucket] == 0) {
                continue;
            }
            long[] pairs = buckets[bucket];
            int kept = bucket < LEVEL0_BUCKETS ? polled[bucket] : 0;
            int begin = kept;
            for (int i = begin; i < filled[bucket]; i += 2) {
                int event = (int) pairs[i + 1];
                if ((words[2 * event + 1] & PENDING) == 0) {
                    release(event);
                } else {
                    pairs[kept] = pairs[i];
                    pairs[kept + 1] = pairs[i + 1];
                    kept += 2;
                }
            }
            filled[bucket] = kept;
            if (kept == begin) {
                empty(bucket);
            }
        }
        cancelled = 0;
    }

    private static int upper(int level, int slot) {
        return LEVEL0_BUCKETS + (level << BITS) + slot;
    }

    private int fresh() {
        if (used == target.length) {
            words = Arrays.copyOf(words, 2 * words.length);
            target = Arrays.copyOf(target, 2 * used);
            free = Arrays.copyOf(free, 2 * used);
        }
        return used++;
    }

    private void release(int event) {
        // the sign bit stays clear, so that a handle is never negative
        words[2 * event + 1] = (words[2 * event + 1] & -GENERATION) + GENERATION & Long.MAX_VALUE;
        target[event] = null;
        free[freeCount++] = event;
    }
}
