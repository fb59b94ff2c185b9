package io.dmalab.driver.mlx;

import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import java.util.ArrayDeque;
import java.util.function.IntConsumer;

/** Keeps every packet it is given until told to let go. */
final class Keeper implements BufferHolder {
    private final ArrayDeque<Integer> kept = new ArrayDeque<>();
    Buffers buffers;

    @Override
    public String reason() {
        return "a test that keeps packets";
    }

    @Override
    public void take(int skb) {
        kept.add(skb);
    }

    @Override
    public int held() {
        return kept.size();
    }

    void forEach(IntConsumer skb) {
        kept.forEach(skb::accept);
    }

    int first() {
        return kept.getFirst();
    }

    void releaseSome(int count) {
        for (int i = 0; i < count && !kept.isEmpty(); i++) {
            buffers.release(kept.poll());
        }
    }

    void releaseAll() {
        while (!kept.isEmpty()) {
            buffers.release(kept.poll());
        }
    }
}
