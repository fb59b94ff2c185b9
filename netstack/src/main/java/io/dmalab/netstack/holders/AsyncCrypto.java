package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;

/**
 * Packets in an asynchronous crypto engine (net/ipv4/esp4.c, crypto/cryptd.c, v6.14): decrypted in order, and consumed in the softirq of
 * the completion. Nothing but completion ends it. Left out: the engine's own DMA mappings, requests that are put off when it is full.
 */
public final class AsyncCrypto implements BufferHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "1000", doc = "requests in the engine (cryptd_max_cpu_qlen)") int limit,
            @Option(value = "{ uniform: { min: 5us, max: 10ms } }", doc = "time from request to completion") HoldTime doneAfter) {
        public Options {
            Checks.range("limit", limit, 1, 1 << 20);
        }
    }

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
    private final KernelObject queue;
    private final DelayLine line;
    private final int label;
    private final long name;

    @Inject
    public AsyncCrypto(PacketSink sink, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder async-crypto");
        this.queue = kernel.memory().kzalloc("cryptd_cpu_queue", 64);
        this.line = new DelayLine(kernel, this::done);
        this.label = kernel.pages().holder(reason());
        this.name = sink.name(reason());
    }

    @Override
    @KernelFunction("esp_input")
    public void take(int skb) {
        queue.write("queue");
        if (line.size() >= options.limit()) {
            sink.drop(skb, name);
            return;
        }
        buffers.heldBy(skb, label);
        line.add(skb, Times.after(kernel.clock().now(), options.doneAfter().sample(random)), kernel.sched().cpu());
    }

    @KernelFunction("esp_input_done")
    private void done(int skb) {
        queue.write("queue");
        buffers.release(skb);
    }

    @Override
    public String reason() {
        return "asynchronous decryption";
    }

    @Override
    public int held() {
        return line.size();
    }
}
