package io.dmalab.driver.mlx.hardware;

import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Workload;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The adapter's receive side: packets come from the device's workload, RSS spreads their flows over the channels, and each is written to
 * memory at the moment somebody looks. No event exists per packet: {@link #advance} catches up with all arrivals so far, and an armed
 * vector looks ahead in the arrivals to find the instant of its next interrupt.
 */
public final class Nic {
    private static final long NEVER = Long.MAX_VALUE;
    /** Entries of the RSS indirection table, and of the look-ahead: powers of two. */
    private static final int TABLE = 128;
    private static final int WINDOW = 1024;
    /** How often a port without traffic (passive in a bond) asks whether that has changed. */
    private static final long IDLE_CHECK_NANOS = 1_000_000;

    private final Kernel kernel;
    private final Optional<Workload> workload;
    private final ReceiveCounters counters;
    private final BooleanSupplier carriesTraffic;
    private final byte[] indirection = new byte[TABLE];
    private final long[] aheadTime = new long[WINDOW];
    private final int[] aheadBytes = new int[WINDOW];
    private final int[] aheadFlow = new int[WINDOW];
    private int head;
    private int tail;
    private long nextArrival = NEVER;
    private boolean started;
    private ChannelPort[] steering;
    private int longestFrame;
    private int coalesceFrames = 1;
    private long coalesceNanos;

    /** @param carriesTraffic false while the link partner sends nothing to this port */
    public Nic(Kernel kernel, Optional<Workload> workload, ReceiveCounters counters, BooleanSupplier carriesTraffic) {
        this.kernel = kernel;
        this.workload = workload;
        this.counters = counters;
        this.carriesTraffic = carriesTraffic;
    }

    /** The hardware of a new channel. @param interrupt runs in hard interrupt context on {@code cpu} */
    public ChannelPort port(int index, int cpu, Runnable interrupt) {
        return new ChannelPort(kernel, this, index, cpu, interrupt);
    }

    /** Interrupt moderation of receive completions. @param frames at least 1 */
    public void moderate(int frames, long nanos) {
        coalesceFrames = frames;
        coalesceNanos = nanos;
    }

    /**
     * Points the RSS tables at these channels.
     *
     * @param ports  indexed by channel
     * @param frame longest frame accepted, in bytes
     */
    public void steer(ChannelPort[] ports, int frame) {
        start();
        advance(kernel.clock().now());
        steering = ports.clone();
        longestFrame = frame;
        for (int i = 0; i < TABLE; i++) {
            indirection[i] = (byte) (i % ports.length);
        }
        for (ChannelPort port : ports) {
            port.steered();
        }
    }

    /** Points the steering at the drop RQ: packets that arrive from now on reach no buffer. */
    public void steerToDropRq() {
        advance(kernel.clock().now());
        steering = null;
    }

    private void start() {
        if (!started) {
            started = true;
            workload.ifPresent(w -> w.start(kernel.clock().now()));
            nextArrival = workload.map(Workload::next).orElse(NEVER);
        }
    }

    /** Lets every packet that has arrived by {@code now} reach memory, or be lost. Any context. */
    public void advance(long now) {
        boolean accepts = steering != null && carriesTraffic.getAsBoolean();
        while (head != tail && aheadTime[head & WINDOW - 1] <= now) {
            int slot = head++ & WINDOW - 1;
            arrive(accepts, aheadBytes[slot], aheadFlow[slot]);
        }
        if (head != tail || nextArrival > now) {
            return;
        }
        Workload source = workload.orElseThrow();
        long arrival = nextArrival;
        while (arrival <= now) {
            arrive(accepts, source.bytes(), source.flow());
            arrival = source.next();
        }
        nextArrival = arrival;
    }

    private void arrive(boolean accepts, int bytes, int flow) {
        if (!accepts) {
            counters.steeredAway().increment();
            return;
        }
        if (bytes > longestFrame) {
            counters.oversize().increment();
            return;
        }
        switch (steering[channelOf(flow)].rq().receive(bytes, flow)) {
            case WRITTEN -> counters.written().increment();
            case NO_BUFFER -> counters.noBuffer().increment();
            case NOT_READY -> counters.notReady().increment();
        }
    }

    /** RSS: the channel that a flow's packets reach. A mixing hash stands for Toeplitz: the same flow always gives the same channel. */
    private int channelOf(int flow) {
        return indirection[flow * 0x9e3779b1 >>> 32 - 7];
    }

    /** When an armed port's receive queue interrupts; {@link Long#MAX_VALUE} if no packet will come. */
    long interruptAt(ChannelPort port) {
        long now = kernel.clock().now();
        int frames = port.rq().completions().pending();
        if (frames >= coalesceFrames) {
            return now;
        }
        long deadline = frames > 0 ? now + coalesceNanos : NEVER;
        if (steering == null) {
            return deadline;
        }
        if (!carriesTraffic.getAsBoolean()) {
            return Math.min(deadline, now + IDLE_CHECK_NANOS);
        }
        for (int i = head; ; i++) {
            if (i == tail && !lookAhead()) {
                // The window is full or the traffic has ended: look again when its last packet has arrived.
                return deadline != NEVER || nextArrival == NEVER ? deadline : aheadTime[i - 1 & WINDOW - 1];
            }
            long time = aheadTime[i & WINDOW - 1];
            if (time >= deadline) {
                return deadline;
            }
            if (steering[channelOf(aheadFlow[i & WINDOW - 1])] == port) {
                deadline = Math.min(deadline, time + coalesceNanos);
                if (++frames >= coalesceFrames) {
                    return Math.min(time, deadline);
                }
            }
        }
    }

    /** Takes one more arrival into the window; false if the window is full or no packet will come. */
    private boolean lookAhead() {
        if (nextArrival == NEVER || tail - head == WINDOW) {
            return false;
        }
        Workload source = workload.orElseThrow();
        int slot = tail++ & WINDOW - 1;
        aheadTime[slot] = nextArrival;
        aheadBytes[slot] = source.bytes();
        aheadFlow[slot] = source.flow();
        nextArrival = source.next();
        return true;
    }
}
