package io.dmalab.netstack;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.SpinLock;

/**
 * A pointer ring (include/linux/ptr_ring.h, v6.14): fixed FIFO with a producer and a consumer lock. The lock-free consumer of the
 * refill path is {@link #consume}; batching of the consumer's index updates is left out.
 */
final class PtrRing implements TakeOrder.Pages {
    private final KernelObject owner;
    private final int[] queue;
    private final SpinLock producerLock;
    private final SpinLock consumerLock;
    private int producer;
    private int consumer;
    private int count;
    private int limit;

    /** @param owner what the ring lies in */
    PtrRing(Kernel kernel, KernelObject owner, int size) {
        this.owner = owner;
        this.queue = new int[size];
        this.limit = size;
        this.producerLock = kernel.locks().spin("&r->producer_lock");
        this.consumerLock = kernel.locks().spin("&r->consumer_lock");
    }

    int size() {
        return queue.length;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int page(int index) {
        return queue[slot(index)];
    }

    private int slot(int index) {
        return (consumer + index) % queue.length;
    }

    /** Not in the kernel: that entry changes places with the next one. */
    void bringForward(int index) {
        int slot = slot(index);
        int next = queue[consumer];
        queue[consumer] = queue[slot];
        queue[slot] = next;
    }

    /** __ptr_ring_empty: a peek without locks. */
    boolean isEmpty() {
        owner.read("ring.queue");
        return count == 0;
    }

    void lockProducer() {
        owner.write("ring.producer_lock");
        producerLock.lock();
    }

    /** The ring may have gone meanwhile, if a consumer took the entry and found nothing left to wait for. */
    void unlockProducer() {
        owner.write("ring.producer_lock");
        producerLock.unlock();
    }

    /** __ptr_ring_produce, under the producer lock: false if the ring is full. */
    boolean produce(int page) {
        owner.write("ring.queue");
        if (count >= limit) {
            return false;
        }
        queue[producer] = page;
        producer = producer + 1 == queue.length ? 0 : producer + 1;
        count++;
        return true;
    }

    /** Not in the kernel: nothing enters any more, as if the ring were full. */
    void close() {
        limit = 0;
    }

    /** __ptr_ring_consume: -1 if the ring is empty. Only one consumer at a time. */
    int consume() {
        owner.write("ring.queue");
        if (count == 0) {
            return -1;
        }
        int page = queue[consumer];
        consumer = consumer + 1 == queue.length ? 0 : consumer + 1;
        count--;
        return page;
    }

    /** ptr_ring_consume_bh: the same under the consumer lock. */
    int consumeLocked() {
        consumerLock.lock();
        int page = consume();
        consumerLock.unlock();
        return page;
    }

    /** Waits until every producer has left the ring: takes and drops the producer lock. */
    void synchronizeProducers() {
        lockProducer();
        unlockProducer();
    }
}
