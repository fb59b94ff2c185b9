package io.dmalab.core.explore;

import java.util.List;
import java.util.Optional;

/** One schedule again: the contexts in the order given; afterwards, whoever ran last goes on. */
public final class Replay implements Strategy {
    private final int[] schedule;
    private boolean done;

    /** @param schedule numbers of the contexts, as {@link Names} has them */
    public Replay(int[] schedule) {
        this.schedule = schedule.clone();
    }

    @Override
    public Optional<Chooser> next() {
        if (done) {
            return Optional.empty();
        }
        done = true;
        return Optional.of(this::choose);
    }

    private int choose(List<? extends Chooser.Candidate> enabled, int depth) {
        if (depth >= schedule.length) {
            return Chooser.STOP;
        }
        for (int i = 0; i < enabled.size(); i++) {
            if (enabled.get(i).context() == schedule[depth]) {
                return i;
            }
        }
        throw new ScheduleMismatch(depth, schedule[depth]);
    }

    @Override
    public boolean exhaustive() {
        return false;
    }

    @Override
    public String guarantee() {
        return "one schedule";
    }
}
