package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Choice;
import io.dmalab.core.explore.AccessKind;
import java.util.Arrays;
import java.util.List;

/**
 * Tells states apart by what has led to them, in worlds that do not tell their states. Two executions are in one state if each context has
 * done the same steps and at each place that it touched found the same changes: if they differ in the order of independent steps only. As
 * model code is deterministic they go on alike then, on the same assumption as partial-order reduction: whatever is no place commutes.
 *
 * <p>What it cannot see is that different histories have come to the same contents; and a world that goes on for ever has no end of states.
 */
final class History extends StateView {
    /** Of each place who wrote it last, with all that this context had seen. */
    private long[] written = new long[256];
    /** Of each field which of its elements have been written since, in any order. */
    private long[] elements = new long[256];
    /** Of what all contexts have seen. */
    private long sum;

    @Override
    long of(List<Controlled> live) {
        return mix(sum);
    }

    @Override
    long signature(Controlled context, Choice.Move move) {
        return mix(context.seen() ^ mix(context.number)) ^ (move == null ? 0 : hash(move));
    }

    private static long hash(Choice.Move move) {
        return mix((long) move.item() << 32 ^ move.action());
    }

    @Override
    void touched(Controlled by, int place, AccessKind kind) {
        if (place >= written.length) {
            int room = Math.max(place + 1, 2 * written.length);
            written = Arrays.copyOf(written, room);
            elements = Arrays.copyOf(elements, room);
        }
        long found = kind == AccessKind.ELEMENT ? written[place] : mix(written[place]) + elements[place];
        sees(by, mix((long) place << 3 | kind.ordinal()) ^ found);
        switch (kind) {
            case READ -> { }
            case ELEMENT -> elements[place] += mix(by.seen());
            case WRITE, ACQUIRE, RELEASE -> {
                written[place] = by.seen();
                elements[place] = 0;
            }
        }
    }

    @Override
    void started(Controlled context, Controlled by) {
        sees(context, by.seen());
    }

    @Override
    void chose(Controlled context, Choice.Move move) {
        sees(context, hash(move));
    }

    private void sees(Controlled context, long what) {
        sum -= context.seen() == 0 ? 0 : mix(context.seen());
        context.sees(mix(context.seen() ^ mix(context.number)) ^ mix(what));
        sum += mix(context.seen());
    }
}
