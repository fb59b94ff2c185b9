package io.dmalab.core.device;

import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Trace;
import io.dmalab.api.tracepoint.DmaEvents;
import java.util.Arrays;

/** Emits the {@code dma:*} events of streaming mappings where the kernel has them (since 6.12). */
final class DmaTrace {
    private static final int ATTRS = 1 << 9;
    private static final DmaDirection[] DIRECTIONS = DmaDirection.values();

    private final boolean enabled;
    private final Trace trace;
    private final long[] directions = new long[DIRECTIONS.length];
    /** By attribute word, as far as they have been seen; -1 not made yet. */
    private long[] attrTexts = {};

    DmaTrace(Kernel kernel) {
        this.enabled = kernel.profile().dmaTraceEvents();
        this.trace = kernel.trace();
        if (enabled) {
            for (DmaDirection direction : DIRECTIONS) {
                directions[direction.ordinal()] = trace.text(direction.name());
            }
        }
    }

    void mapped(DeviceImpl dev, DmaDirection direction, long address, long bytes, long physical, int attrs) {
        if (enabled) {
            trace.emit(DmaEvents.MAP, dev.nameText, directions[direction.ordinal()], address, bytes, physical, attrText(attrs));
        }
    }

    /** Called after the backend's unmap. */
    void unmapped(DeviceImpl dev, DmaDirection direction, long address, long bytes, int attrs) {
        if (enabled) {
            trace.emit(DmaEvents.UNMAP, dev.nameText, directions[direction.ordinal()], address, bytes, attrText(attrs));
        }
    }

    private long attrText(int attrs) {
        int word = attrs & ATTRS - 1;
        long text = word < attrTexts.length ? attrTexts[word] : -1;
        return text >= 0 ? text : newText(word);
    }

    private long newText(int word) {
        if (word >= attrTexts.length) {
            int old = attrTexts.length;
            attrTexts = Arrays.copyOf(attrTexts, word + 1);
            Arrays.fill(attrTexts, old, attrTexts.length, -1);
        }
        attrTexts[word] = trace.text(names(word));
        return attrTexts[word];
    }

    /** In the order of the kernel's table. */
    private static String names(int attrs) {
        StringBuilder names = new StringBuilder();
        add(names, attrs, DmaApi.ATTR_WEAK_ORDERING, "WEAK_ORDERING");
        add(names, attrs, DmaApi.ATTR_SKIP_CPU_SYNC, "SKIP_CPU_SYNC");
        add(names, attrs, DmaApi.ATTR_NO_WARN, "NO_WARN");
        return names.toString();
    }

    private static void add(StringBuilder names, int attrs, int bit, String name) {
        if ((attrs & bit) != 0) {
            names.append(names.isEmpty() ? "" : "|").append(name);
        }
    }
}
