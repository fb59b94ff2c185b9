package io.dmalab.core.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many states come of one by exchanging what is alike: items among each other, and contexts of one kin. All ways to exchange them,
 * over those that change nothing (orbit and stabiliser): exchanging items of which the same is true and which nobody has, and contexts
 * that stand alike, each together with what it has.
 */
final class Images {
    /** More ways than this are not counted. */
    private static final double WAYS_MAX = 1e12;

    /** How many contexts there are of each kin. */
    private final Map<Long, Integer> kins = new TreeMap<>();

    /** A context of a kin was made. */
    void made(long kin) {
        kins.merge(kin, 1, Integer::sum);
    }

    /**
     * @param items   what objects tell of each item
     * @param holders 0 for an item that nobody has
     * @return at least 1; 0 if there are too many
     */
    long of(long[] items, long[] holders, int count, List<Controlled> live) {
        double ways = factorial(count);
        for (int made : kins.values()) {
            ways *= factorial(made);
        }
        if (ways > WAYS_MAX) {
            return 0;
        }
        long[] free = new long[count];
        int freeCount = 0;
        for (int item = 0; item < count; item++) {
            if (holders[item] == 0) {
                free[freeCount++] = items[item];
            }
        }
        long[] standing = live.stream().filter(Controlled::isAlike).mapToLong(Controlled::standing).toArray();
        return Math.round(ways / same(Arrays.copyOf(free, freeCount)) / same(standing) / ended(live));
    }

    /** Ways to exchange those that are equal. */
    private static double same(long[] values) {
        Arrays.sort(values);
        double ways = 1;
        int run = 0;
        for (int i = 0; i < values.length; i++) {
            run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
            ways *= run;
        }
        return ways;
    }

    /** Contexts that have ended are not told apart by anything. */
    private double ended(List<Controlled> live) {
        double ways = 1;
        for (Map.Entry<Long, Integer> kin : kins.entrySet()) {
            long left = live.stream().filter(context -> context.isAlike() && context.name() == kin.getKey()).count();
            ways *= factorial(kin.getValue() - (int) left);
        }
        return ways;
    }

    private static double factorial(int n) {
        double product = 1;
        for (int i = 2; i <= n; i++) {
            product *= i;
        }
        return product;
    }
}
