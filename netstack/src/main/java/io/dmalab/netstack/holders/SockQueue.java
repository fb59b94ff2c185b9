package io.dmalab.netstack.holders;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.tracepoint.NetEvents;

/**
 * A queue of a socket with its memory accounting (include/net/sock.h, net/core/sock.c, v6.14): packets are charged by truesize, and one
 * more is taken as long as what is charged already does not exceed the limit. Left out: forward allocation and the protocol's global
 * limits.
 */
final class SockQueue {
    private final Kernel kernel;
    private final Buffers buffers;
    private final KernelObject sock;
    private final SpinLock lock;
    private final IntRing skbs = new IntRing();
    private int holder;
    private long limit;
    private long charged;

    /**
     * @param type  kernel type of the socket, e.g. {@code tcp_sock}
     * @param limit bytes of truesize
     */
    SockQueue(Kernel kernel, Buffers buffers, String type, long limit) {
        this.kernel = kernel;
        this.buffers = buffers;
        this.sock = kernel.memory().kzalloc(type, 2048);
        this.lock = kernel.locks().spin("slock-AF_INET");
        this.limit = limit;
    }

    /** Queues a packet; false, with the kernel's trace event, if the socket is full. Any context. */
    boolean queue(int skb) {
        int truesize = buffers.truesize(skb);
        lock.lock();
        sock.write("sk_receive_queue");
        boolean room = charged <= limit;
        if (room) {
            charged += truesize;
            skbs.add(skb);
            buffers.heldBy(skb, holder);
        } else {
            kernel.trace().emit(NetEvents.RCVQUEUE_FULL, charged, truesize, limit);
        }
        lock.unlock();
        return room;
    }

    /** Takes the oldest packet out; -1 if there is none. */
    int dequeue() {
        lock.lock();
        sock.write("sk_receive_queue");
        int skb = skbs.isEmpty() ? -1 : skbs.remove();
        uncharge(skb);
        lock.unlock();
        return skb;
    }

    /** skb_queue_empty_lockless. */
    boolean isEmpty() {
        sock.read("sk_receive_queue");
        return skbs.isEmpty();
    }

    /**
     * A reader takes all that is there, as the owner of a locked TCP socket does, or by splicing UDP's queue: packets that come meanwhile
     * are not touched.
     *
     * @return how many it has; each is then to be had from {@link #next}
     */
    int claim() {
        lock.lock();
        sock.write("sk_receive_queue");
        int count = skbs.size();
        charged = 0;
        lock.unlock();
        return count;
    }

    /** The next of the packets claimed. */
    int next() {
        return skbs.remove();
    }

    /** The oldest packet, which stays where it is; -1 if there is none. */
    int peek() {
        sock.read("sk_receive_queue");
        return skbs.isEmpty() ? -1 : skbs.get(0);
    }

    /** Takes the newest packet out; -1 if there is none. */
    int dequeueTail() {
        lock.lock();
        sock.write("sk_receive_queue");
        int skb = skbs.isEmpty() ? -1 : skbs.removeLast();
        uncharge(skb);
        lock.unlock();
        return skb;
    }

    private void uncharge(int skb) {
        if (skb >= 0) {
            charged -= buffers.truesize(skb);
        }
    }

    /** Who holds the packets from now on, the queued ones included. */
    void relabel(String reason) {
        holder = kernel.pages().holder(reason);
        for (int i = 0; i < skbs.size(); i++) {
            buffers.heldBy(skbs.get(i), holder);
        }
    }

    /** sk_free. The queue is empty. */
    void free() {
        kernel.memory().free(sock);
    }

    int size() {
        return skbs.size();
    }

    /** Bytes of truesize charged (sk_rmem_alloc). */
    long charged() {
        return charged;
    }

    /** sk_rcvbuf. */
    long limit() {
        return limit;
    }

    void limit(long bytes) {
        limit = bytes;
    }
}
