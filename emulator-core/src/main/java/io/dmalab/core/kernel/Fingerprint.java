package io.dmalab.core.kernel;

import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.core.explore.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A hash of the state of an exploring run: what the model's objects tell of themselves, where each context stands, which items it has chosen.
 * With symmetry it does not tell apart what can be exchanged: items, and contexts of one kin that stand at the same place. A state where item 1
 * is with one and item 2 with another of two such contexts is then the same as its mirror image, as an item is summed up together with
 * those who have it.
 *
 * <p>64 bits: two states of a million have the same hash with a chance of one in 37 million.
 */
final class Fingerprint implements StateSource.State {
    private record Offer(KernelObject object, StateSource source) {}

    private final boolean symmetric;
    private final World world;
    private final List<Offer> offers = new ArrayList<>();
    private long[] items = new long[16];
    private long[] holders = new long[16];
    private int count;
    /** Of the source that tells. */
    private long own;
    private int number;

    /** @param world says which tasks are of one kin */
    Fingerprint(boolean symmetric, World world) {
        this.symmetric = symmetric;
        this.world = world;
    }

    void offer(KernelObject object, StateSource source) {
        offers.add(new Offer(object, source));
    }

    @Override
    public void value(long value) {
        own = mix(own ^ value);
    }

    @Override
    public void item(int item, long value) {
        cover(item);
        items[item] += mix(mix(number) ^ value);
    }

    private void cover(int item) {
        while (count <= item) {
            if (count == items.length) {
                items = Arrays.copyOf(items, 2 * count);
                holders = Arrays.copyOf(holders, 2 * count);
            }
            items[count] = symmetric ? 0 : mix(~count);
            holders[count++] = 0;
        }
    }

    /** Looks at the machine; {@link #signature} speaks of this state then. */
    long of(List<Controlled> contexts) {
        count = 0;
        long sum = 0;
        for (number = 0; number < offers.size(); number++) {
            Offer offer = offers.get(number);
            own = mix(number);
            if (offer.object() == null || offer.object().alive()) {
                offer.source().tell(this);
            } else {
                own = ~own;
            }
            sum += mix(own);
        }
        for (Controlled context : contexts) {
            if (context.item() != Choice.NO_ITEM) {
                cover(context.item());
                holders[context.item()] += mix(local(context));
            }
        }
        for (Controlled context : contexts) {
            if (!context.idle()) {
                sum += mix(standing(context) + 1);
            }
        }
        for (int item = 0; item < count; item++) {
            sum += mix(of(item) + 2);
        }
        return mix(sum);
    }

    /** What is true of an item: what objects tell of it, and who has it. */
    private long of(int item) {
        return mix(items[item] ^ mix(holders[item]));
    }

    private long local(Controlled context) {
        return context.local(symmetric ? world.kin(context.label) : context.label);
    }

    /** Where a context stands, and what it has. */
    private long standing(Controlled context) {
        long local = local(context);
        return context.item() == Choice.NO_ITEM ? local : mix(local ^ items[context.item()]);
    }

    /** The same for moves that lead to the same state. */
    long signature(Controlled context, Choice.Move move) {
        long signature = standing(context);
        if (move != null) {
            signature = mix(signature ^ mix(move.action() + 3L));
            if (move.item() != Choice.NO_ITEM) {
                cover(move.item());
                signature = mix(signature ^ of(move.item()));
            }
        }
        return signature;
    }

    static long mix(long value) {
        long x = value + 0x9e3779b97f4a7c15L;
        x = (x ^ x >>> 30) * 0xbf58476d1ce4e5b9L;
        x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }
}
