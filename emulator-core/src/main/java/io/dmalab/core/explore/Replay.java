package io.dmalab.core.explore;

import io.dmalab.api.kernel.Choice;
import java.util.List;

/** One schedule again; ends where it ends. */
public final class Replay implements Chooser {
    private final Schedule schedule;
    private final Names names;
    private int moves;

    /** @param names of the execution that is to be replayed */
    public Replay(Schedule schedule, Names names) {
        this.schedule = schedule;
        this.names = names;
    }

    /** @throws ScheduleMismatch if the context whose turn it is cannot go on */
    @Override
    public int choose(List<? extends Candidate> enabled, int depth) {
        if (depth >= schedule.turns().size()) {
            return STOP;
        }
        String wanted = schedule.turn(depth);
        for (int i = 0; i < enabled.size(); i++) {
            Candidate candidate = enabled.get(i);
            if (names.path(candidate.context()).equals(wanted) && (candidate.move() == null || isNext(candidate.move()))) {
                moves += candidate.move() == null ? 0 : 1;
                return i;
            }
        }
        throw new ScheduleMismatch(depth, wanted, enabled.stream().map(candidate -> names.path(candidate.context())).distinct().toList());
    }

    private boolean isNext(Choice.Move move) {
        return moves < schedule.moves().size() && schedule.moves().get(moves).equals(move);
    }
}
