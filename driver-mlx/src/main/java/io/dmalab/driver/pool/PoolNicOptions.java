package io.dmalab.driver.pool;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;

/** Options of the driver {@code pool-nic}. */
public record PoolNicOptions(
        @Option(value = "1", doc = "pages in the receive ring, 0 to 16") int ring,
        @Option(value = "1", doc = "pages in the stack, 0 to 16") int stack,
        @Option(value = "1", doc = "users that have the stack's pages, dealt out in turn, 1 to 8") int users,
        @Option(value = "off", doc = "an interface around the pool: its unregistration closes it") boolean netdev,
        @Option(value = "off", doc = "the pool syncs its pages for the device, as drivers' pools do") boolean sync,
        @Option(value = "2", doc = "room in the pool's recycle ring, 1 to 1024") int recycle,
        @Option(value = "1s", doc = "how long a user keeps each page") HoldTime hold) {
    public PoolNicOptions {
        if (ring < 0 || ring > 16 || stack < 0 || stack > 16) {
            throw new IllegalArgumentException("ring and stack are 0 to 16 pages");
        }
        if (users < 1 || users > 8) {
            throw new IllegalArgumentException(users + " users are out of range; use 1 to 8");
        }
        if (recycle < 1 || recycle > 1024) {
            throw new IllegalArgumentException("recycle " + recycle + " is out of range; use 1 to 1024");
        }
    }
}
