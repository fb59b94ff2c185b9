package io.dmalab.driver.mlx;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;

/** Options of the drivers {@code mlx} and {@code mlx-legacy}; defaults after facts/mlx-driver.md 2 and 3. */
public record MlxOptions(
        @Option(value = "0", doc = "receive channels, 1 to 64, each on a CPU of its own; 0 for one per CPU up to 8") int channels,
        @Option(value = "1024", doc = "receive ring size in packets, a power of two from 64 to 8192") int rx,
        @Option(value = "1024", doc = "send ring size in 64-byte blocks, a power of two from 64 to 8192") int tx,
        @Option(value = "striding", doc = "receive queue type: striding or cyclic") RqType rqType,
        @Option(value = "1500", doc = "MTU in bytes, 68 to 9978") int mtu,
        @Option(value = "true", doc = "generic receive offload: merge packets of one flow") boolean gro,
        @Option(value = "16us", doc = "an interrupt comes at most this long after the first unreported received packet") Span rxCoalesce,
        @Option(value = "32", doc = "or after this many received packets, at least 1") int rxCoalesceFrames,
        @Option(value = "16us", doc = "an interrupt comes at most this long after the first unreported send completion") Span txCoalesce,
        @Option(value = "32", doc = "or after this many send completions, at least 1") int txCoalesceFrames,
        @Option(value = "16", doc = "received packets for each acknowledgement that is sent back; 0 sends none") int ackEvery,
        @Option(value = "100ns", doc = "CPU time that driver and stack spend on a received packet") Span packetCost,
        @Option(value = "50us", doc = "time a firmware command takes; 0ns for at once") Span commandTime,
        @Option(value = "512", doc = "4 KiB pages given to the firmware at probe, 0 to 65536") int firmwarePages) {
    static final int MAX_CHANNELS = 64;
    static final int MIN_MTU = 68;
    static final int MAX_MTU = 9978;
    private static final int MIN_RING = 64;
    private static final int MAX_RING = 8192;

    public MlxOptions {
        range("channels", channels, 0, MAX_CHANNELS);
        ring("rx", rx);
        ring("tx", tx);
        range("mtu", mtu, MIN_MTU, MAX_MTU);
        range("rx-coalesce-frames", rxCoalesceFrames, 1, 65535);
        range("tx-coalesce-frames", txCoalesceFrames, 1, 65535);
        range("ack-every", ackEvery, 0, Integer.MAX_VALUE);
        range("firmware-pages", firmwarePages, 0, 65536);
        finite("rx-coalesce", rxCoalesce);
        finite("tx-coalesce", txCoalesce);
        finite("packet-cost", packetCost);
        finite("command-time", commandTime);
    }

    /** @throws IllegalArgumentException if it is not a ring size */
    static void ring(String name, int size) {
        if (size < MIN_RING || size > MAX_RING || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException(
                    name + " " + size + " is not a ring size; use a power of two from " + MIN_RING + " to " + MAX_RING);
        }
    }

    /** @throws IllegalArgumentException if it is out of range */
    static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " " + value + " is out of range; use " + min + " to " + max);
        }
    }

    private static void finite(String name, Span value) {
        if (value.compareTo(Span.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException(name + " " + value + " is out of range; use at most 1s");
        }
    }
}
