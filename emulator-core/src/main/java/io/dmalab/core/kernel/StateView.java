package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.core.explore.AccessKind;
import io.dmalab.core.explore.Chooser;
import io.dmalab.core.explore.World;
import java.util.List;

/** What tells the states of an exploring run apart: a number for each, equal for those that go on alike. */
abstract class StateView {
    /** @return null where nobody looks */
    static StateView of(Chooser.Sight sight, World world) {
        return switch (sight) {
            case NONE -> null;
            case PLAIN -> new Fingerprint(false, world);
            case SYMMETRIC -> new Fingerprint(true, world);
            case HISTORY -> new History();
        };
    }

    /** Looks at the machine: its state. {@link Controlled#signature} speaks of this state then. */
    abstract long of(List<Controlled> live);

    /** How many states come of the one that was looked at last by exchanging what is alike, itself included; 0 if too many. Slow. */
    long images() {
        return 1;
    }

    /** The same for what leads to the same state. @param move of the context, null where it has no choice */
    abstract long signature(Controlled context, Choice.Move move);

    /** An object can tell its state; null where the state lies in none. */
    void offer(KernelObject object, StateSource source) {}

    /** What a new context goes by. */
    long name(String label) {
        return 0;
    }

    /** Whether there may be others of the same kin. */
    boolean isAlike(String label) {
        return false;
    }

    /** A step touches a place in a way in which it has not done so yet. */
    void touched(Controlled by, int place, AccessKind kind) {}

    /** A context can run because of another one. */
    void started(Controlled context, Controlled by) {}

    /** A context does that of what it could do. */
    void chose(Controlled context, Choice.Move move) {}

    static long mix(long value) {
        long x = value + 0x9e3779b97f4a7c15L;
        x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }
}
