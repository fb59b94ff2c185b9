package io.dmalab.driver.chardev;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;

/** Options of the driver {@code chardev}. */
public record ChardevOptions(
        @Option(value = "tt-app", doc = "name of the process that opens the device") String process,
        @Option(value = "16", doc = "pages that it has the driver map, 1 to 65536") int buffers,
        @Option(value = "0", doc = "pages that probe maps while the mask still is 32 bits wide and never unmaps, 0 to 65536")
        int earlyBuffers,
        @Option(value = "30s", doc = "how long the process keeps the file open") HoldTime openFor,
        @Option(value = "false", doc = "remove ends the mappings of open files, as the repaired driver does") boolean trackOpenFiles) {
    public ChardevOptions {
        if (buffers < 1 || buffers > 65536) {
            throw new IllegalArgumentException("buffers " + buffers + " is out of range; use 1 to 65536");
        }
        if (earlyBuffers < 0 || earlyBuffers > 65536) {
            throw new IllegalArgumentException("early-buffers " + earlyBuffers + " is out of range; use 0 to 65536");
        }
    }
}
