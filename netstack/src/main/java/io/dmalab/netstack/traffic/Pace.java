package io.dmalab.netstack.traffic;

import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Rate;
import java.util.Optional;

/** How fast packets of one size come: checks and arithmetic that the workloads share. */
final class Pace {
    /** Shortest frame without its check sequence, and the longest packet there is. */
    private static final int BYTES_MIN = 60;
    private static final int BYTES_MAX = 65536;
    /** Preamble, check sequence and gap: what a frame takes on the wire besides the bytes that the driver sees. */
    private static final int WIRE_OVERHEAD = 24;
    private static final int FLOWS_MAX = 1 << 20;

    private Pace() {}

    /** @throws IllegalArgumentException if an option is out of range, or both or none of the rates are given */
    static void check(Optional<Rate> rate, Optional<BitRate> bitRate, ByteSize packetSize, int flows) {
        if (rate.isPresent() == bitRate.isPresent()) {
            throw new IllegalArgumentException("exactly one of rate and bit-rate is needed; write e.g. rate: 20kpps");
        }
        check(packetSize, flows);
    }

    /** @throws IllegalArgumentException if an option is out of range */
    static void check(ByteSize packetSize, int flows) {
        if (packetSize.bytes() < BYTES_MIN || packetSize.bytes() > BYTES_MAX) {
            throw new IllegalArgumentException("packet-size " + packetSize + " is out of range; use " + BYTES_MIN + "B to 64KiB");
        }
        if (flows < 1 || flows > FLOWS_MAX) {
            throw new IllegalArgumentException("flows " + flows + " is out of range; use 1 to " + FLOWS_MAX);
        }
    }

    /** Nanoseconds from one packet to the next. A bit rate counts everything that is on the wire: 1514 bytes take 1538. */
    static double interval(Optional<Rate> rate, Optional<BitRate> bitRate, ByteSize packetSize) {
        return 1e9 / rate.map(Rate::perSecond).orElseGet(() -> bitRate.orElseThrow().perSecond() / (8 * (packetSize.bytes()
                + WIRE_OVERHEAD)));
    }

    /** {@code nanos} after {@code start}; never if that is beyond what a clock can show. */
    static long after(long start, double nanos) {
        return nanos >= Long.MAX_VALUE - start ? Long.MAX_VALUE : start + (long) nanos;
    }
}
