package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.driver.mlx.hardware.CyclicHardware;
import io.dmalab.driver.mlx.hardware.ReceiveHardware;
import java.util.Arrays;
import java.util.List;

/** A cyclic receive queue: a WQE per packet, several WQEs sharing a page (en_rx.c, v6.14). */
final class CyclicRq extends ReceiveQueue {
    private static final int MIN_WQES = 128;
    /** WQEs freed and refilled at a time, at least. */
    private static final int REFILL_UNIT = 8;

    private final int size;
    private final List<RingLayout.Fragment> layoutOfWqe;
    private final int perWqe;
    private final FragmentPlan plan;
    private final CyclicHardware hardware;
    private final int unit;
    private final int[] page;
    private final long[] address;
    private final int[] fragments;
    private int head;
    private int posted;

    CyclicRq(Mdev mdev, RingLayout layout, Channel channel) {
        super(mdev, layout, channel);
        size = 1 << layout.logWqes();
        layoutOfWqe = layout.fragments();
        perWqe = layoutOfWqe.size();
        plan = new FragmentPlan(layoutOfWqe, size, layout.pageSize());
        hardware = new CyclicHardware(mdev.kernel().dma(), mdev.device(), completions, layout.logWqes(),
                layoutOfWqe.stream().mapToInt(RingLayout.Fragment::bytes).toArray());
        unit = Math.min(size / 2, Math.max(plan.group(), REFILL_UNIT));
        page = new int[plan.pages()];
        Arrays.fill(page, RxPages.NONE);
        address = new long[page.length];
        fragments = new int[page.length];
    }

    // completion

    @Override
    @KernelFunction(value = "mlx5e_handle_rx_cqe", module = "mlx5_core")
    void handleCqe() {
        channel.receive(skb(completions.wqe() * perWqe, completions.bytes()));
        posted--;
    }

    /** Built round the first fragment; the rest are added. */
    private int skb(int firstFragment, int bytes) {
        int fragment = firstFragment;
        int slot = plan.slot(fragment);
        int length = Math.min(bytes, layoutOfWqe.getFirst().bytes());
        fragments[slot]++;
        int skb = pages.buildSkb(page[slot], plan.offset(fragment) + RingLayout.HEADROOM, length, truesize(0, length), completions.flow());
        int left = bytes - length;
        for (int i = 1; left > 0; i++) {
            fragment++;
            slot = plan.slot(fragment);
            length = Math.min(left, layoutOfWqe.get(i).bytes());
            if (pages.addFragment(skb, page[slot], plan.offset(fragment), length, truesize(i, length))) {
                fragments[slot]++;
            }
            left -= length;
        }
        return skb;
    }

    private int truesize(int fragment, int length) {
        return perWqe == 1 ? RingLayout.linearBytes(length) : layoutOfWqe.get(fragment).stride();
    }

    // refill

    @Override
    @KernelFunction(value = "mlx5e_post_rx_wqes", module = "mlx5_core")
    boolean postWqes(long now) {
        int missing = size - posted;
        if (!enabled() || missing < unit) {
            return false;
        }
        // Whole groups only: a page is never shared between a posted and a refilled WQE.
        int wanted = missing - (head + missing & plan.group() - 1);
        int done = refill(wanted);
        head = head + done & size - 1;
        posted += done;
        hardware.post(done);
        mdev.kernel().trace().emit(MlxEvents.POST_RX, rqn(), done, wanted - done);
        return done < wanted;
    }

    @KernelFunction(value = "mlx5e_refill_rx_wqes", module = "mlx5_core")
    private int refill(int wanted) {
        int done = 0;
        while (done < wanted) {
            int chunk = Math.min(unit, wanted - done);
            for (int i = 0; i < chunk; i++) {
                freeWqe(head + done + i & size - 1);
            }
            for (int i = 0; i < chunk; i++, done++) {
                if (!allocWqe(head + done & size - 1)) {
                    return done;
                }
            }
        }
        return done;
    }

    private boolean allocWqe(int wqe) {
        for (int i = 0; i < perWqe; i++) {
            int fragment = wqe * perWqe + i;
            int slot = plan.slot(fragment);
            // A page that is there already was taken before an earlier attempt failed half-way.
            if (plan.offset(fragment) == 0 && page[slot] == RxPages.NONE) {
                int taken = pages.take();
                if (taken == RxPages.NONE) {
                    return false;
                }
                page[slot] = taken;
                address[slot] = pages.takenAddress();
                fragments[slot] = 0;
            }
            hardware.entry(wqe, i, address[slot] + plan.offset(fragment) + layoutOfWqe.get(i).headroom());
        }
        return true;
    }

    /** Only the fragment flagged last in page releases the page. */
    private void freeWqe(int wqe) {
        for (int fragment = wqe * perWqe; fragment < (wqe + 1) * perWqe; fragment++) {
            int slot = plan.slot(fragment);
            if (plan.lastInPage(fragment) && page[slot] != RxPages.NONE) {
                int released = page[slot];
                page[slot] = RxPages.NONE;
                pages.release(released, address[slot], fragments[slot]);
            }
        }
    }

    // close

    @Override
    int freeInProgress() {
        return 0;
    }

    @Override
    int freeMissing() {
        int count = size - posted;
        for (int i = 0; i < count; i++) {
            freeWqe(head + i & size - 1);
        }
        return count;
    }

    @Override
    int freePosted() {
        int count = posted;
        for (; posted > 0; posted--) {
            freeWqe(head - posted & size - 1);
        }
        return count;
    }

    // what is where

    @Override
    ReceiveHardware hardware() {
        return hardware;
    }

    @Override
    int postedWqes() {
        return posted;
    }

    @Override
    int minRxWqes() {
        return Math.min(MIN_WQES, size / 2);
    }

    @Override
    void forEachPage(PageVisitor visitor) {
        for (int i = 0; i < page.length; i++) {
            if (page[i] != RxPages.NONE) {
                visitor.page(page[i], fragments[i]);
            }
        }
    }
}
