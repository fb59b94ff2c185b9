package io.dmalab.core.explore;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/** Lets another chooser choose, and notes what was done. */
public final class Recorder implements Chooser {
    private final Chooser chooser;
    private final List<Step> steps = new ArrayList<>();

    public Recorder(Chooser chooser) {
        this.chooser = chooser;
    }

    /** The steps so far, in order. */
    public List<Step> steps() {
        return Collections.unmodifiableList(steps);
    }

    @Override
    public int choose(List<? extends Candidate> enabled, int depth) {
        return chooser.choose(enabled, depth);
    }

    @Override
    public void executed(Step step) {
        steps.add(step);
        chooser.executed(step);
    }

    @Override
    public Sight sight() {
        return chooser.sight();
    }

    @Override
    public void state(long fingerprint, boolean harmed, LongSupplier images) {
        chooser.state(fingerprint, harmed, images);
    }

    @Override
    public void blocked(int context, int place) {
        chooser.blocked(context, place);
    }
}
