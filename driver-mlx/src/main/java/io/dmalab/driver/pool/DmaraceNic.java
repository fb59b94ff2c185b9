package io.dmalab.driver.pool;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Choice;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Scheduler;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.netstack.PagePool;
import io.dmalab.netstack.PagePools;
import io.dmalab.netstack.TakeOrder;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The driver {@code dmarace-nic}: a receive ring and its buffers as the world DMARACE-1 has them. NAPI receives, recycles and maps;
 * consumers take buffers out of the stack and give them to the pool; what the pool then does is the pool's own. Each of them does any of
 * its moves at any time, for ever. No interrupts, no interface; models no driver of the kernel.
 *
 * <p>A buffer is a number that a page goes by from its mapping to its unmap. Its pages are alike and so are its consumers; that is why the
 * pool may give any of them next, and why explorations need not tell them apart.
 */
public final class DmaraceNic implements DeviceDriver, TakeOrder {
    private static final long MASK_64 = -1L;
    private static final int NO_PAGE = -1;
    // NAPI's moves, and those of whoever empties a part of the pool
    private static final int RECEIVE = 0;
    private static final int RECYCLE = 1;
    private static final int MAP = 2;
    private static final int TAKE = 0;
    private static final int EMPTY = 1;

    /** Where a buffer is. */
    private enum Place { RING, STACK, HELD, IN_POOL, CLEARED, FREE }

    private final Kernel kernel;
    private final Scheduler sched;
    private final PagePools pools;
    private final DmaraceOptions options;
    private final int[] pages;
    /** Where each buffer was left: what the pool has done with it since, the pool tells. */
    private final Place[] left;
    private PagePool pool;
    private boolean closed;

    @Inject
    public DmaraceNic(Kernel kernel, PagePools pools, DmaraceOptions options) {
        this.kernel = kernel;
        this.sched = kernel.sched();
        this.pools = pools;
        this.options = options;
        this.pages = new int[options.buffers()];
        this.left = new Place[options.buffers()];
        Arrays.fill(pages, NO_PAGE);
        kernel.memory().global("dmarace_nic").state(this::tell);
    }

    @Override
    public String name() {
        return "dmarace_nic";
    }

    @Override
    public void probe(Device device) {
        if (!kernel.dma().setMask(device, MASK_64)) {
            throw new IllegalStateException("no usable DMA mask");
        }
        PagePool.Params params = new PagePool.Params(device, null, null, -1, options.recycle(), DmaDirection.FROM_DEVICE,
                true, false, 0, 0);
        pool = pools.create(params, new PagePool.Tuning(1, this));
    }

    @Override
    public void up(Device device) {
        for (int buffer = 0; buffer < pages.length; buffer++) {
            map(buffer);
            left[buffer] = buffer < options.inRing() ? Place.RING : Place.STACK;
        }
        sched.spawn("napi/0", 0, this::napi);
        for (int k = 0; k < options.consumers(); k++) {
            sched.spawn("consumer/" + k, (k + 1) % sched.cpus(), this::consume);
        }
    }

    /** NAPI's poll, one buffer at a time. */
    private void napi() {
        while (true) {
            Choice.Move move = sched.choose("napi", this::napiMoves);
            switch (move.action()) {
                case RECEIVE -> left[move.item()] = Place.STACK;
                case RECYCLE -> {
                    pool.bringForward(pages[move.item()]);
                    map(move.item());
                }
                default -> map(move.item());
            }
        }
    }

    private List<Choice.Move> napiMoves() {
        List<Choice.Move> moves = new ArrayList<>();
        for (int buffer = 0; buffer < pages.length && !closed; buffer++) {
            switch (place(buffer)) {
                case RING -> moves.add(new Choice.Move(RECEIVE, buffer));
                case IN_POOL -> moves.add(new Choice.Move(RECYCLE, buffer));
                case FREE -> {
                    if (pool.ringCount() == 0) {
                        moves.add(new Choice.Move(MAP, buffer));
                    }
                }
                default -> { }
            }
        }
        return moves;
    }

    /** The buffer gets a page from the pool: out of its ring if that has one, else a fresh one, newly mapped. */
    private void map(int buffer) {
        int page = pool.allocPage();
        if (page < 0) {
            throw new IllegalStateException("no page left for the ring");
        }
        for (int other = 0; other < pages.length; other++) {
            pages[other] = pages[other] == page ? NO_PAGE : pages[other];
        }
        pages[buffer] = page;
        left[buffer] = Place.RING;
    }

    /** A user of the stack: has one buffer at a time. */
    private void consume() {
        while (true) {
            int buffer = sched.choose("consumer", this::stackMoves).item();
            left[buffer] = Place.HELD;
            sched.point("page_pool_put_page");
            pool.put(pages[buffer], 1, false);
        }
    }

    private List<Choice.Move> stackMoves() {
        List<Choice.Move> moves = new ArrayList<>();
        for (int buffer = 0; buffer < pages.length; buffer++) {
            if (place(buffer) == Place.STACK) {
                moves.add(new Choice.Move(TAKE, buffer));
            }
        }
        return moves;
    }

    /** Closes the receive queue: the ring's pages go into the pool's cache, and the pool is given up. */
    @Override
    public void remove(Device device) {
        sched.point("close");
        closed = true;
        for (int buffer = 0; buffer < pages.length; buffer++) {
            if (place(buffer) == Place.RING) {
                pool.put(pages[buffer], 1, true);
            }
        }
        pool.destroy();
        sched.point("closed");
    }

    @Override
    public int next(String where, Pages there) {
        int buffer = sched.choose("page_pool " + where, () -> poolMoves(there)).item();
        for (int i = 0; i < there.count(); i++) {
            if (there.page(i) == pages[Math.max(0, buffer)]) {
                return i;
            }
        }
        return 0;
    }

    private List<Choice.Move> poolMoves(Pages there) {
        if (there.count() == 0) {
            return List.of(new Choice.Move(EMPTY));
        }
        List<Choice.Move> moves = new ArrayList<>();
        for (int buffer = 0; buffer < pages.length; buffer++) {
            for (int i = 0; i < there.count(); i++) {
                if (there.page(i) == pages[buffer]) {
                    moves.add(new Choice.Move(TAKE, buffer));
                }
            }
        }
        return moves;
    }

    private Place place(int buffer) {
        int page = pages[buffer];
        if (page == NO_PAGE || pools.ofPage(page) != pool) {
            return Place.FREE;
        }
        if (!pool.isMapped(page)) {
            return Place.CLEARED;
        }
        return pool.isInRing(page) ? Place.IN_POOL : left[buffer];
    }

    private void tell(StateSource.State into) {
        into.value(closed ? 1 : 0);
        for (int buffer = 0; buffer < pages.length; buffer++) {
            into.item(buffer, place(buffer).ordinal());
        }
    }
}
