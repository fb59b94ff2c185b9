package io.dmalab.netstack;

/** A list of packets, first in first out (struct sk_buff_head). A packet is on at most one list. No lock of its own. */
public final class SkbQueue {
    /** No packet. */
    public static final int NONE = -1;

    private final SkBuffs skbs;
    private int head = NONE;
    private int tail = NONE;
    private int length;

    public SkbQueue(SkBuffs skbs) {
        this.skbs = skbs;
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** __skb_queue_tail. */
    public void add(int skb) {
        skbs.next(skb, NONE);
        if (tail == NONE) {
            head = skb;
        } else {
            skbs.next(tail, skb);
        }
        tail = skb;
        length++;
    }

    /** __skb_queue_head: puts back what was taken last. */
    public void addFirst(int skb) {
        skbs.next(skb, head);
        head = skb;
        if (tail == NONE) {
            tail = skb;
        }
        length++;
    }

    /** The first packet, still queued; {@link #NONE} if there is none. */
    public int peek() {
        return head;
    }

    /** __skb_dequeue; {@link #NONE} if the list is empty. */
    public int poll() {
        int skb = head;
        if (skb == NONE) {
            return NONE;
        }
        head = skbs.next(skb);
        if (head == NONE) {
            tail = NONE;
        }
        skbs.next(skb, NONE);
        length--;
        return skb;
    }

    /** The packet behind one that is on this list; {@link #NONE} at the end. */
    public int after(int skb) {
        return skbs.next(skb);
    }

    /** Removes {@code skb}, which stands behind {@code before} or, if that is {@link #NONE}, first. */
    public void unlink(int before, int skb) {
        int next = skbs.next(skb);
        if (before == NONE) {
            head = next;
        } else {
            skbs.next(before, next);
        }
        if (tail == skb) {
            tail = before;
        }
        skbs.next(skb, NONE);
        length--;
    }
}
