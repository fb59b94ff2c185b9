package io.dmalab.core.kernel;

import io.dmalab.core.explore.AccessKind;
import java.util.Arrays;

/**
 * When the places of an exploring run were touched last, so that no context looks at what happens later than its own time. A function of the order
 * of conflicting accesses alone, as everything must be that another order of independent ones may not change.
 */
final class PlaceTimes {
    private long[] changed = new long[64];
    private long[] looked = new long[64];

    /** @param time of the context that touches the place @return its time from now on */
    long touch(int place, AccessKind kind, long time) {
        if (place >= changed.length) {
            int length = Math.max(place + 1, 2 * changed.length);
            changed = Arrays.copyOf(changed, length);
            looked = Arrays.copyOf(looked, length);
        }
        long later = Math.max(time, changed[place]);
        if (kind == AccessKind.READ || kind == AccessKind.ELEMENT) {
            looked[place] = Math.max(looked[place], later);
        } else {
            later = Math.max(later, looked[place]);
            changed[place] = later;
        }
        return later;
    }
}
