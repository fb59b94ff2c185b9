package io.dmalab.driver.pool;

import io.dmalab.api.config.Option;

/** Options of the driver {@code dmarace-nic}. */
public record DmaraceOptions(
        @Option(value = "4", doc = "buffers, 1 to 12") int buffers,
        @Option(value = "2", doc = "users of the stack that take buffers from it, 1 to 3") int consumers,
        @Option(value = "2", doc = "room in the pool's recycle ring, 1 to 12") int recycle,
        @Option(value = "-1", doc = "buffers that start in the receive ring, the others in the stack; -1 for half of them, rounded up")
                int ring) {
    public DmaraceOptions {
        check("buffers", buffers, 1, 12);
        check("consumers", consumers, 1, 3);
        check("recycle", recycle, 1, 12);
        check("ring", ring, -1, buffers);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is out of range; use " + least + " to " + most);
        }
    }

    /** Buffers that start in the receive ring. */
    int inRing() {
        return ring < 0 ? buffers - buffers / 2 : ring;
    }
}
