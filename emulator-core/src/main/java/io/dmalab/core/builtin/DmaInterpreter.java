package io.dmalab.core.builtin;

import io.dmalab.api.recorded.Meaning;
import io.dmalab.api.recorded.RecordedEvent;
import io.dmalab.api.recorded.Subject;
import io.dmalab.api.recorded.TraceInterpreter;
import io.dmalab.api.tracepoint.DmaEvents;
import io.dmalab.api.tracepoint.IommuEvents;
import java.util.List;
import java.util.function.Consumer;

/**
 * Streaming mappings of the DMA API and devices that leave their IOMMU group (include/trace/events/dma.h, iommu.h, v6.12 to v6.18; groups
 * in every version). Left out: coherent memory, scatterlists, and iommu:map, which the DMA API's own events cover.
 */
public final class DmaInterpreter implements TraceInterpreter {
    private static final String MAP = DmaEvents.MAP.name();
    private static final String UNMAP = DmaEvents.UNMAP.name();
    private static final String LEAVE = IommuEvents.REMOVE_DEVICE_FROM_GROUP.name();

    @Override
    public List<String> events() {
        return List.of(MAP, UNMAP, LEAVE);
    }

    @Override
    public void interpret(RecordedEvent event, Consumer<Meaning> sink) {
        String device = event.text("device");
        if (event.name().equals(MAP)) {
            sink.accept(new Meaning.Began(Subject.MAPPING, device, event.number("dma_addr"), event.number("size")));
        } else if (event.name().equals(UNMAP)) {
            sink.accept(new Meaning.Ended(Subject.MAPPING, device, event.number("dma_addr")));
        } else {
            sink.accept(new Meaning.DeviceTaken(device, device + " leaves its IOMMU group"));
        }
    }
}
