package io.dmalab.driver.mlx.hardware;

/**
 * A completion queue of receive completions in host memory (struct mlx5_cqe64 in an mlx5_cqwq): written by the device, consumed by NAPI.
 * Entries are packed into parallel int arrays; ownership bits and compression are left out.
 */
public final class CompletionQueue {
    /** {@link #bytes} of an entry that reports strides skipped at the end of a buffer, not a packet. */
    public static final int FILLER = -1;

    private final int mask;
    private final int[] wqe;
    private final int[] strides;
    private final int[] bytes;
    private final int[] flow;
    private int producer;
    private int consumer;

    /** @param logSize log2 of the number of entries */
    public CompletionQueue(int logSize) {
        int size = 1 << logSize;
        mask = size - 1;
        wqe = new int[size];
        strides = new int[size];
        bytes = new int[size];
        flow = new int[size];
    }

    /**
     * The device reports a completion.
     *
     * @param firstStride stride at which the packet starts, 0 to 65535
     * @param count       strides that it took, 1 to 65535
     * @throws IllegalStateException on an overrun, which the sizes of queue and ring rule out
     */
    void produce(int index, int firstStride, int count, int length, int ofFlow) {
        if (producer - consumer > mask) {
            throw new IllegalStateException("completion queue overrun");
        }
        int slot = producer++ & mask;
        wqe[slot] = index;
        strides[slot] = firstStride << 16 | count;
        bytes[slot] = length;
        flow[slot] = ofFlow;
    }

    /** Completions that software has not consumed. */
    public int pending() {
        return producer - consumer;
    }

    /** Receive WQE of the oldest completion. */
    public int wqe() {
        return wqe[consumer & mask];
    }

    /** First stride of the oldest completion. */
    public int firstStride() {
        return strides[consumer & mask] >>> 16;
    }

    /** Strides that the oldest completion consumed. */
    public int strideCount() {
        return strides[consumer & mask] & 0xffff;
    }

    /** Packet length of the oldest completion, or {@link #FILLER}. */
    public int bytes() {
        return bytes[consumer & mask];
    }

    /** Flow of the oldest completion's packet. */
    public int flow() {
        return flow[consumer & mask];
    }

    /** mlx5_cqwq_pop: done with the oldest completion. */
    public void pop() {
        consumer++;
    }
}
