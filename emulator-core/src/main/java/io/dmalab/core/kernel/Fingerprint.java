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
final class Fingerprint extends StateView implements StateSource.State {
    private record Offer(KernelObject object, StateSource source) {}

    private final boolean symmetric;
    private final World world;
    private final Images images = new Images();
    private final List<Offer> offers = new ArrayList<>();
    private long[] items = new long[16];
    private long[] holders = new long[16];
    private int count;
    /** Of the source that tells. */
    private long own;
    private int number;
    private List<Controlled> contexts = List.of();

    /** @param world says which tasks are of one kin */
    Fingerprint(boolean symmetric, World world) {
        this.symmetric = symmetric;
        this.world = world;
    }

    @Override
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

    @Override
    long of(List<Controlled> live) {
        contexts = live;
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
        for (int i = 0; i < live.size(); i++) {
            live.get(i).hold(this);
        }
        for (int i = 0; i < live.size(); i++) {
            sum += live.get(i).stand(this);
        }
        for (int item = 0; item < count; item++) {
            sum += mix(of(item) + 2);
        }
        return mix(sum);
    }

    /** A context has an item. @param local what the context's own state comes to */
    void holds(int item, long local) {
        cover(item);
        holders[item] += mix(local);
    }

    /** Where a context stands that has an item. */
    long standing(int item, long local) {
        return mix(local ^ items[item]);
    }

    /** What is true of an item: what objects tell of it, and who has it. */
    private long of(int item) {
        return mix(items[item] ^ mix(holders[item]));
    }

    @Override
    long images() {
        return symmetric ? images.of(items, holders, count, contexts) : 1;
    }

    /** Those of one kin go by the same, if they may be exchanged. */
    @Override
    long name(String label) {
        long name = (long) (symmetric ? world.kin(label) : label).hashCode() << 32;
        if (isAlike(label)) {
            images.made(name);
        }
        return name;
    }

    @Override
    boolean isAlike(String label) {
        return symmetric && !world.kin(label).equals(label);
    }

    @Override
    long signature(Controlled context, Choice.Move move) {
        long standing = context.standing();
        if (move == null) {
            return standing;
        }
        long signature = mix(standing ^ mix(move.action() + 3L));
        if (move.item() != Choice.NO_ITEM) {
            cover(move.item());
            signature = mix(signature ^ of(move.item()));
        }
        return signature;
    }
}
