package io.dmalab.core.kernel;

import io.dmalab.core.explore.AccessKind;
import java.util.Arrays;

/**
 * When the places of an exploring run were touched last, so that no context looks at what happens later than its own time. A function of
 * the order of conflicting accesses alone, as everything must be that another order of independent ones may not change.
 */
final class PlaceTimes {
    private static final int KIND_BITS = 8;
    private static final long KINDS = (1L << KIND_BITS) - 1;
    private static final long ACQUIRED = 1L << AccessKind.ACQUIRE.ordinal();
    private static final long WRITTEN = 1L << AccessKind.WRITE.ordinal();

    private long[] changed;
    private long[] looked;
    /** In which step the place was touched last, and with which kinds of access. */
    private long[] touched;
    private long step;

    /** @param places how many there will be, as far as is known */
    PlaceTimes(int places) {
        changed = new long[places];
        looked = new long[places];
        touched = new long[places];
    }

    /** The next step begins. @param number from 1 on */
    void step(int number) {
        step = number;
    }

    /** Notes an access of the running step; false if that tells nothing new, or takes back the step's own taking of the place. */
    boolean fresh(int place, AccessKind kind) {
        cover(place);
        long kinds = touched[place] >>> KIND_BITS == step ? touched[place] & KINDS : 0;
        long bit = 1L << kind.ordinal();
        boolean takenBack = kind == AccessKind.RELEASE && (kinds & ACQUIRED) != 0;
        boolean known = (kinds & bit) != 0;
        touched[place] = step << KIND_BITS | (takenBack ? kinds & ~ACQUIRED | WRITTEN : kinds | bit);
        return !takenBack && !known;
    }

    /** @param time of the context that touches the place @return its time from now on */
    long touch(int place, AccessKind kind, long time) {
        cover(place);
        long later = Math.max(time, changed[place]);
        if (kind == AccessKind.READ || kind == AccessKind.ELEMENT) {
            looked[place] = Math.max(looked[place], later);
        } else {
            later = Math.max(later, looked[place]);
            changed[place] = later;
        }
        return later;
    }

    private void cover(int place) {
        if (place >= changed.length) {
            int length = Math.max(place + 1, 2 * changed.length);
            changed = Arrays.copyOf(changed, length);
            looked = Arrays.copyOf(looked, length);
            touched = Arrays.copyOf(touched, length);
        }
    }
}
