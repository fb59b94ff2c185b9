package io.dmalab.platform.pseries.guest;

import io.dmalab.platform.pseries.iommu.Order;
import io.dmalab.platform.pseries.recording.RecordedCall;
import io.dmalab.platform.pseries.recording.RecordedMachine;
import io.dmalab.platform.pseries.recording.RecordingReader;
import java.nio.file.Path;

/**
 * How much memory the recorded partition could grow to. A header does not say; the size of the first window that the guest asked for does:
 * one as large as firmware makes shows that memory could be more, a smaller one how much.
 */
final class MemoryGrowth {
    private static final int FIRST_CALLS = 20_000;

    private MemoryGrowth() {}

    /** In bytes, 0 for a partition that cannot grow. */
    static long of(Path file) {
        try (RecordingReader reader = RecordingReader.open(file)) {
            RecordedMachine machine = RecordedMachine.withGuest(reader);
            RecordedCall create = new RecordedCall();
            boolean created = false;
            for (int i = 0; i < FIRST_CALLS && !created && reader.next(create); i++) {
                created = create.call().equals("ibm,create-pe-dma-window");
            }
            if (!created) {
                return 0;
            }
            int order = (int) create.arg(4);
            int largest = Order.base2(machine.profile().ddw().largestBlock()) + (int) create.arg(3);
            if (order == largest) {
                return 1L << order + 1;
            }
            return order == 0 ? 0 : 1L << order;
        }
    }
}
