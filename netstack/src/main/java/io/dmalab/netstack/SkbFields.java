package io.dmalab.netstack;

import java.util.Arrays;

/** The fields of every struct sk_buff (include/linux/skbuff.h, v6.14), in arrays indexed by packet. The slot freed last is used first. */
final class SkbFields {
    /** Room for the first packets: a machine may see none. */
    private static final int ROOM = 16;

    /** Shared info; -1 if the packet is free. */
    int[] info = {};
    int[] length = {};
    int[] truesize = {};
    int[] flow = {};
    /** alloc_cpu. */
    int[] cpu = {};
    /** gso_segs: packets on the wire. */
    int[] segments = {};
    /** Who has the packet, as {@link io.dmalab.api.kernel.Pages#holder} numbers it; 0 if nobody has said so. */
    int[] holder = {};
    int[] next = {};
    NetDevice[] dev = {};
    private int[] free = {};
    private int freeCount;
    private int used;

    /** A packet with that shared info, on no list; its other fields are stale. */
    int alloc(int data) {
        int skb = freeCount > 0 ? free[--freeCount] : fresh();
        info[skb] = data;
        holder[skb] = 0;
        next[skb] = SkbQueue.NONE;
        return skb;
    }

    private int fresh() {
        if (used == info.length) {
            int room = Math.max(ROOM, 2 * used);
            info = Arrays.copyOf(info, room);
            Arrays.fill(info, used, room, -1);
            length = Arrays.copyOf(length, room);
            truesize = Arrays.copyOf(truesize, room);
            flow = Arrays.copyOf(flow, room);
            cpu = Arrays.copyOf(cpu, room);
            segments = Arrays.copyOf(segments, room);
            holder = Arrays.copyOf(holder, room);
            next = Arrays.copyOf(next, room);
            dev = Arrays.copyOf(dev, room);
            free = Arrays.copyOf(free, room);
        }
        return used++;
    }

    void free(int skb) {
        info[skb] = -1;
        dev[skb] = null;
        free[freeCount++] = skb;
    }

    /** Packets have numbers below this. */
    int highWater() {
        return used;
    }

    int live() {
        return used - freeCount;
    }
}
