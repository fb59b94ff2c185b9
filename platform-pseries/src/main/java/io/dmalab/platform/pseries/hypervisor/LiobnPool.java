package io.dmalab.platform.pseries.hypervisor;

import io.dmalab.platform.pseries.hypervisor.DdwRules.LiobnReuse;
import java.util.ArrayDeque;
import java.util.Iterator;

/** Chooses the LIOBN of a created window; which of the ways is a property of the profile. */
final class LiobnPool {
    private static final long FRESH_OFFSET = 0x10_0000;

    private final DdwRules rules;
    private final TceHcalls hcalls;
    private final ArrayDeque<Long> freed = new ArrayDeque<>();
    private long freshCount;

    LiobnPool(DdwRules rules, TceHcalls hcalls) {
        this.rules = rules;
        this.hcalls = hcalls;
    }

    /** A number for a new window of this bridge, or -1 when it has none left. */
    long take(PhbConfig phb) {
        return switch (rules.liobnReuse()) {
            case SAME_PE_ALL -> firstOwn(phb, 0);
            case SAME_PE -> firstOwn(phb, 1);
            case ANY_PE -> {
                long oldest = oldestFreed();
                yield oldest >= 0 ? oldest : fallback(phb);
            }
            case NEVER -> rules.liobns().base() + FRESH_OFFSET + freshCount++;
        };
    }

    /** Tells that a window's number is free; a default window's number stays with its bridge. */
    void free(TceTable table) {
        if (rules.liobnReuse() == LiobnReuse.ANY_PE && !table.isDefaultWindow()) {
            freed.remove(table.liobn());
            freed.addLast(table.liobn());
        }
    }

    private long oldestFreed() {
        for (Iterator<Long> it = freed.iterator(); it.hasNext();) {
            long liobn = it.next();
            it.remove();
            if (hcalls.table(liobn) == null) {
                return liobn;
            }
        }
        return -1;
    }

    private long fallback(PhbConfig phb) {
        long own = firstOwn(phb, 1);
        return own >= 0 ? own : rules.liobns().base() + FRESH_OFFSET + freshCount++;
    }

    private long firstOwn(PhbConfig phb, int from) {
        for (long liobn : phb.liobns().subList(from, phb.liobns().size())) {
            if (hcalls.table(liobn) == null) {
                return liobn;
            }
        }
        return -1;
    }
}
