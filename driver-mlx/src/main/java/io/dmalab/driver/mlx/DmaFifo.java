package io.dmalab.driver.mlx;

/** Mappings of the packets in a send queue, in order (struct mlx5e_sq_dma): pushed at xmit, popped at completion. */
final class DmaFifo {
    private final long[] address;
    private final int[] bytes;
    private final int mask;
    private int producer;
    private int consumer;

    /** @param logSize log2 of the number of mappings it holds */
    DmaFifo(int logSize) {
        address = new long[1 << logSize];
        bytes = new int[1 << logSize];
        mask = address.length - 1;
    }

    void push(long dmaAddress, int length) {
        int slot = producer++ & mask;
        address[slot] = dmaAddress;
        bytes[slot] = length;
    }

    /** Address of the oldest mapping. */
    long address() {
        return address[consumer & mask];
    }

    /** Bytes of the oldest mapping. */
    int bytes() {
        return bytes[consumer & mask];
    }

    /** Forgets the oldest mapping. */
    void pop() {
        consumer++;
    }

    /** Address of the mapping pushed {@code back} pushes ago; 1 is the newest. */
    long addressBack(int back) {
        return address[producer - back & mask];
    }

    /** Bytes of the mapping pushed {@code back} pushes ago; 1 is the newest. */
    int bytesBack(int back) {
        return bytes[producer - back & mask];
    }

    /** Forgets the newest mapping. */
    void unpush() {
        producer--;
    }

    /** Mappings in the FIFO. */
    int size() {
        return producer - consumer;
    }
}
