package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.TimerList;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;

/**
 * The hold queue of an IPsec policy whose security association is still being negotiated (net/xfrm/xfrm_policy.c, v6.14): 100 packets, sent
 * when the association is there and freed when it does not come in time. Left out: the timer's back-off in between, which only looks.
 */
public final class XfrmHold implements BufferHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "100", doc = "packets in the queue (XFRM_MAX_QUEUE_LEN)") int limit,
            @Option(value = "{ exponential: { mean: 1s } }", doc = "time from the first packet to the association; forever: it never comes")
                    HoldTime readyAfter,
            @Option(value = "60s", doc = "time after which waiting is given up") Span timeout) {
        public Options {
            Checks.range("limit", limit, 1, 1 << 20);
            Checks.range("timeout in ms", timeout.nanos() / 1_000_000, 1, 3_600_000);
        }
    }

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
    private final KernelObject policy;
    private final IntRing queue = new IntRing();
    private final TimerList timer;
    private final int label;
    private final long name;
    private long ready = -1;
    private boolean dead;

    @Inject
    public XfrmHold(PacketSink sink, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder xfrm-hold");
        this.policy = kernel.memory().kzalloc("xfrm_policy", 1024);
        this.timer = kernel.timer("xfrm_policy_queue_process", this::giveUp);
        this.label = kernel.pages().holder(reason());
        this.name = sink.name(reason());
    }

    @Override
    @KernelFunction("xdst_queue_output")
    public void take(int skb) {
        if (dead || queue.size() >= options.limit()) {
            sink.drop(skb, name);
            return;
        }
        policy.write("polq");
        if (queue.isEmpty()) {
            timer.mod(kernel.clock().msecsToJiffies(options.timeout().nanos() / 1_000_000));
            long due = Times.after(kernel.clock().now(), options.readyAfter().sample(random));
            if (due != Times.NEVER) {
                ready = kernel.sched().at(due, ContextKind.SOFTIRQ, kernel.sched().cpu(), word -> send(), 0);
            }
        }
        queue.add(skb);
        buffers.heldBy(skb, label);
    }

    /** The association is there. */
    @KernelFunction("xfrm_policy_queue_process")
    private void send() {
        flush("association ready");
    }

    @KernelFunction("xfrm_policy_queue_process")
    private void giveUp() {
        flush("timeout");
    }

    private void flush(String cause) {
        policy.write("polq");
        timer.delete();
        kernel.sched().cancel(ready);
        ready = -1;
        sink.releaseAll(queue, name, cause);
    }

    @Override
    public void on(HolderEvent event) {
        if (event instanceof HolderEvent.NamespaceExit && !dead) {
            policyFini();
        }
    }

    @KernelFunction("xfrm_policy_fini")
    private void policyFini() {
        dead = true;
        flush("namespace exit");
        kernel.memory().free(policy);
    }

    @Override
    public String reason() {
        return "xfrm policy queue, no security association yet";
    }

    @Override
    public int held() {
        return queue.size();
    }
}
