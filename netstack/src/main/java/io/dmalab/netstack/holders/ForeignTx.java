package io.dmalab.netstack.holders;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.kernel.TimerList;
import io.dmalab.api.net.BufferHolder;
import io.dmalab.api.net.Buffers;
import io.dmalab.api.net.HolderEvent;
import io.dmalab.api.tracepoint.NetEvents;
import io.dmalab.netstack.InstanceStreams;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The transmit ring of another network device, which received packets are forwarded to (net/sched/sch_generic.c dev_watchdog, v6.14): a
 * packet stays until its transmission has completed. When the device gets stuck, packets stay in the ring until the watchdog resets it;
 * after that the device works again. That device is not emulated: what it maps for transmission is its own affair.
 */
public final class ForeignTx implements BufferHolder {
    /** What can be set. */
    public record Options(
            @Option(value = "eth0", doc = "interface whose ring it is; not one of the machine's devices") String outDevice,
            @Option(value = "1024", doc = "packets in the ring") int ring,
            @Option(value = "{ uniform: { min: 5us, max: 50us } }", doc = "time from transmission to completion") HoldTime doneAfter,
            @Option(doc = "when the device gets stuck, counted from the first packet; none: never") Optional<Span> stuckAfter,
            @Option(value = "15s", doc = "watchdog time of that device's driver: 5s by default, 15s for mlx5") Span watchdog) {
        public Options {
            Checks.range("ring", ring, 1, 1 << 20);
            Checks.range("watchdog in ms", watchdog.nanos() / 1_000_000, 1, 3_600_000);
        }
    }

    private final Kernel kernel;
    private final Buffers buffers;
    private final PacketSink sink;
    private final Options options;
    private final RandomStream random;
    private final KernelObject ring;
    private final DelayLine line;
    private final TimerList watchdog;
    private final int label;
    private final long name;
    private long stuckFrom = Times.NEVER;
    private boolean begun;
    private boolean down;
    private long stuckJiffies;

    @Inject
    public ForeignTx(PacketSink sink, InstanceStreams streams, Options options) {
        this.kernel = sink.kernel();
        this.buffers = sink.buffers();
        this.sink = sink;
        this.options = options;
        this.random = streams.next("holder foreign-tx");
        this.ring = kernel.memory().kzalloc("netdev_queue", 512);
        this.line = new DelayLine(kernel, this::complete);
        this.watchdog = kernel.timer("dev_watchdog", this::devWatchdog);
        this.label = kernel.pages().holder(reason());
        this.name = sink.name(reason());
    }

    @Override
    @KernelFunction("dev_hard_start_xmit")
    public void take(int skb) {
        if (down) {
            sink.drop(skb, name);
            return;
        }
        ring.write("xmit");
        long now = kernel.clock().now();
        if (!begun) {
            begun = true;
            stuckFrom = options.stuckAfter().map(span -> Times.after(now, span.nanos())).orElse(Times.NEVER);
        }
        if (line.size() >= options.ring()) {
            sink.drop(skb, name);
            return;
        }
        boolean stuck = now >= stuckFrom;
        buffers.heldBy(skb, label);
        line.add(skb, stuck ? Times.NEVER : Times.after(now, options.doneAfter().sample(random)), kernel.sched().cpu());
        if (stuck && !watchdog.pending()) {
            stuckJiffies = kernel.clock().jiffies();
            // the kernel's watchdog looks at stopped queues only: here the queue counts as stopped from its first packet that does not
            // complete
            watchdog.mod(kernel.clock().msecsToJiffies(options.watchdog().nanos() / 1_000_000));
        }
    }

    @KernelFunction("napi_consume_skb")
    private void complete(int skb) {
        ring.write("completion");
        buffers.release(skb);
    }

    @KernelFunction("dev_watchdog")
    private void devWatchdog() {
        long ms = (kernel.clock().jiffies() - stuckJiffies) * 1000 / kernel.clock().hz();
        kernel.printk().print(Level.CRIT, options.outDevice() + ": NETDEV WATCHDOG: CPU: " + kernel.sched().cpu()
                + ": transmit queue 0 timed out " + ms + " ms");
        kernel.trace().emit(NetEvents.XMIT_TIMEOUT, kernel.trace().text(options.outDevice()), kernel.trace().text("foreign"), 0);
        stuckFrom = Times.NEVER;
        reset("watchdog");
    }

    /** The driver takes the ring down: what is in it is freed. */
    private void reset(String cause) {
        ring.write("reset");
        sink.letGo(name, line.clear(buffers::release), cause);
    }

    @Override
    public void on(HolderEvent event) {
        if (event instanceof HolderEvent.DeviceDown gone && gone.netdev().equals(options.outDevice()) && !down) {
            down = true;
            watchdog.delete();
            reset(options.outDevice() + " down");
        }
    }

    @Override
    public String reason() {
        return "transmit ring of " + options.outDevice();
    }

    @Override
    public int held() {
        return line.size();
    }
}
