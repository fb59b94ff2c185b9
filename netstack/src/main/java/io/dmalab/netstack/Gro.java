package io.dmalab.netstack;

import io.dmalab.api.kernel.Clock;
import io.dmalab.api.kernel.Kernel;

/**
 * Generic receive offload of one NAPI (net/core/gro.c, v6.14): packets of one flow become one packet of up to 17 fragments. Left out:
 * protocols (every flow is taken for a mergeable one), the batch of 8 in which finished packets go up.
 */
final class Gro {
    /** GRO_HASH_BUCKETS. */
    private static final int BUCKETS = 8;
    /** MAX_GRO_SKBS: packets of different flows that a bucket holds. */
    private static final int MAX_SKBS = 8;

    private final Clock clock;
    private final SkBuffs skbs;
    private final Stack stack;
    private final SkbQueue[] buckets = new SkbQueue[BUCKETS];
    /** Jiffy at which the first packet of a bucket was held; older ones are flushed when a poll is interrupted. */
    private final long[] age = new long[BUCKETS];
    private int held;

    Gro(Kernel kernel, SkBuffs skbs, Stack stack) {
        this.clock = kernel.clock();
        this.skbs = skbs;
        this.stack = stack;
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new SkbQueue(skbs);
        }
    }

    int held() {
        return held;
    }

    /** dev_gro_receive. */
    void receive(int skb) {
        int index = skbs.flow(skb) & BUCKETS - 1;
        SkbQueue bucket = buckets[index];
        int before = SkbQueue.NONE;
        int candidate = bucket.peek();
        while (candidate != SkbQueue.NONE && !sameFlow(candidate, skb)) {
            before = candidate;
            candidate = bucket.after(candidate);
        }
        if (candidate != SkbQueue.NONE) {
            if (skbs.merge(candidate, skb)) {
                return;
            }
            bucket.unlink(before, candidate);
            complete(candidate);
        } else if (bucket.length() == MAX_SKBS) {
            complete(bucket.poll());
        }
        if (bucket.isEmpty()) {
            age[index] = clock.jiffies();
        }
        bucket.add(skb);
        held++;
    }

    private boolean sameFlow(int one, int other) {
        return skbs.flow(one) == skbs.flow(other) && skbs.dev(one) == skbs.dev(other);
    }

    private void complete(int skb) {
        held--;
        pass(skb);
    }

    /** gro_normal_one: up without merging. */
    void pass(int skb) {
        stack.receive(skb);
    }

    /** napi_gro_flush. @param oldOnly only packets held since an earlier jiffy */
    void flush(boolean oldOnly) {
        for (int index = 0; held > 0 && index < BUCKETS; index++) {
            SkbQueue bucket = buckets[index];
            if (!bucket.isEmpty() && !(oldOnly && age[index] == clock.jiffies())) {
                while (!bucket.isEmpty()) {
                    complete(bucket.poll());
                }
            }
        }
    }

    /** flush_gro_hash: on netif_napi_del what is still held is freed. */
    void drop() {
        for (SkbQueue bucket : buckets) {
            while (!bucket.isEmpty()) {
                held--;
                skbs.release(bucket.poll());
            }
        }
    }
}
