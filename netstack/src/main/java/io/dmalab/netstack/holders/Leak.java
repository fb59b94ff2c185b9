package io.dmalab.netstack.holders;

import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import jakarta.inject.Inject;

/**
 * Packets that nobody will ever free: a driver that forgets a page, a lost reference. No event ends it; a limit makes the leak a small one.
 */
public final class Leak implements BufferHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "lost by a bug", doc = "who lost them, for reports") String reason,
            @Option(value = "1M", doc = "packets that are lost; later ones are freed at once") int limit) {
        public Options {
            Checks.range("limit", limit, 0, Integer.MAX_VALUE);
        }
    }

    private final Buffers buffers;
    private final Options options;
    private final int label;
    private int held;

    @Inject
    public Leak(Kernel kernel, Buffers buffers, Options options) {
        this.buffers = buffers;
        this.options = options;
        this.label = kernel.pages().holder(reason());
    }

    @Override
    public void take(int skb) {
        if (held == options.limit()) {
            buffers.release(skb);
            return;
        }
        held++;
        buffers.heldBy(skb, label);
    }

    @Override
    public String reason() {
        return "leak: " + options.reason();
    }

    @Override
    public int held() {
        return held;
    }
}
