package io.dmalab.netstack.holders;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Buffers;
import jakarta.inject.Inject;

/** What holders do when they let packets go: free them, count them, say so. */
@MachineScoped
public final class PacketSink {
    /** Counter of packets that found a holder full. */
    public static final String DROPPED = "holder_dropped_packets";

    private final Kernel kernel;
    private final Buffers buffers;
    private final Counter dropped;

    @Inject
    public PacketSink(Kernel kernel, Buffers buffers) {
        this.kernel = kernel;
        this.buffers = buffers;
        this.dropped = kernel.metrics().counter(DROPPED);
    }

    Kernel kernel() {
        return kernel;
    }

    Buffers buffers() {
        return buffers;
    }

    /** Number under which the trace knows a holder; asked once, for making a name takes longer than freeing a packet. */
    long name(String holder) {
        return kernel.trace().text(holder);
    }

    /** kfree_skb of a packet that found no room, or nobody who wants it. @param holder from {@link #name} */
    void drop(int skb, long holder) {
        kernel.trace().emit(HolderEvents.DROP, holder, buffers.truesize(skb));
        dropped.increment();
        buffers.release(skb);
    }

    /** Frees everything in {@code queue}, oldest first. @param cause for the trace, e.g. {@code timer} */
    void releaseAll(IntRing queue, long holder, String cause) {
        int count = queue.size();
        for (int i = 0; i < count; i++) {
            buffers.release(queue.remove());
        }
        letGo(holder, count, cause);
    }

    /** Notes that a holder let {@code packets} go; none is not worth a word. */
    void letGo(long holder, int packets, String cause) {
        if (packets > 0) {
            kernel.trace().emit(HolderEvents.LET_GO, holder, packets, kernel.trace().text(cause));
        }
    }
}
