package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.driver.mlx.hardware.CompletionQueue;
import io.dmalab.driver.mlx.hardware.ReceiveHardware;
import io.dmalab.driver.mlx.hardware.StridingHardware;
import java.util.Arrays;

/**
 * A striding receive queue: multi-packet WQEs whose pages the hardware learns through UMR WQEs on the internal control queue (en_rx.c,
 * v6.14).
 */
final class StridingRq extends ReceiveQueue {
    /** Headers up to this length are copied if the skb cannot be built in place. */
    private static final int MAX_HEAD = 256;
    private static final int UMR_BULK = 2;
    private static final int MIN_WQES = 2;

    private final LinkedRing wq;
    private final StridingHardware hardware;
    private final boolean linear;
    private final int pageShift;
    private final int logStride;
    private final int stridesPerWqe;
    private final int pagesPerWqe;
    private final int minBulk;
    private final int[] page;
    private final long[] address;
    private final int[] fragments;
    private final int[] consumedStrides;
    private int actualHead;
    private int umrInProgress;
    private int umrCompleted;

    StridingRq(Mdev mdev, RingLayout layout, Channel channel) {
        super(mdev, layout, channel);
        wq = new LinkedRing(layout.logWqes());
        linear = layout.linear();
        pageShift = layout.pageShift();
        logStride = layout.logStride();
        stridesPerWqe = layout.stridesPerWqe();
        pagesPerWqe = layout.pagesPerWqe();
        minBulk = Math.min(UMR_BULK, wq.size() / 2 - 1);
        hardware = new StridingHardware(mdev.kernel().dma(), mdev.device(), completions, layout.logWqes(), pageShift, pagesPerWqe,
                logStride, stridesPerWqe, layout.headroom());
        page = new int[pagesPerWqe << layout.logWqes()];
        Arrays.fill(page, RxPages.NONE);
        address = new long[page.length];
        fragments = new int[page.length];
        consumedStrides = new int[wq.size()];
    }

    // completion

    @Override
    @KernelFunction(value = "mlx5e_handle_rx_cqe_mpwrq", module = "mlx5_core")
    void handleCqe() {
        int wqe = completions.wqe();
        consumedStrides[wqe] += completions.strideCount();
        int bytes = completions.bytes();
        if (bytes != CompletionQueue.FILLER) {
            int offset = completions.firstStride() << logStride;
            channel.receive(linear ? linearSkb(wqe, offset, bytes) : nonlinearSkb(wqe, offset, bytes));
        }
        if (consumedStrides[wqe] >= stridesPerWqe) {
            // The pages stay: their release is deferred until this slot is refilled.
            wq.pop(wqe);
        }
    }

    private int linearSkb(int wqe, int offset, int bytes) {
        int slot = wqe * pagesPerWqe + (offset >> pageShift);
        int inPage = offset & (1 << pageShift) - 1;
        fragments[slot]++;
        return pages.buildSkb(page[slot], inPage + RingLayout.HEADROOM, bytes, RingLayout.linearBytes(bytes), completions.flow());
    }

    /** The header is copied, the payload stays: one fragment for each page it touches. */
    private int nonlinearSkb(int wqe, int start, int bytes) {
        int head = Math.min(MAX_HEAD, bytes);
        int skb = mdev.skbs().allocCopy(head, mdev.netdev(), completions.flow());
        int offset = start + head;
        int left = bytes - head;
        while (left > 0) {
            int slot = wqe * pagesPerWqe + (offset >> pageShift);
            int inPage = offset & (1 << pageShift) - 1;
            int length = Math.min(left, (1 << pageShift) - inPage);
            if (pages.addFragment(skb, page[slot], inPage, length, length + (1 << logStride) - 1 & -(1 << logStride))) {
                fragments[slot]++;
            }
            offset += length;
            left -= length;
        }
        return skb;
    }

    // refill

    /** As in the kernel, a queue that ran dry because no page was to be had stays so until NAPI runs for another reason. */
    @Override
    @KernelFunction(value = "mlx5e_post_rx_mpwqes", module = "mlx5_core")
    boolean postWqes(long now) {
        if (!enabled()) {
            return false;
        }
        pushCompleted();
        int missing = wq.missing() - umrInProgress;
        if (missing < minBulk) {
            return false;
        }
        int posted = 0;
        while (posted < missing && allocWqe(actualHead, now)) {
            actualHead = wq.next(actualHead);
            posted++;
        }
        umrInProgress += posted;
        mdev.kernel().trace().emit(MlxEvents.POST_RX, rqn(), posted, missing - posted);
        return false;
    }

    /** WQEs whose translation is in place go to the hardware. */
    private void pushCompleted() {
        for (; umrCompleted > 0; umrCompleted--) {
            hardware.post(wq.head());
            wq.push();
            umrInProgress--;
        }
    }

    @KernelFunction(value = "mlx5e_alloc_rx_mpwqe", module = "mlx5_core")
    private boolean allocWqe(int wqe, long now) {
        freeWqe(wqe);
        int first = wqe * pagesPerWqe;
        for (int i = 0; i < pagesPerWqe; i++) {
            int taken = pages.take();
            if (taken == RxPages.NONE) {
                freeWqe(wqe);
                return false;
            }
            page[first + i] = taken;
            fragments[first + i] = 0;
            address[first + i] = pages.takenAddress();
            hardware.translate(wqe, i, address[first + i]);
        }
        consumedStrides[wqe] = 0;
        channel.icosq().postUmr(now);
        return true;
    }

    /** The internal control queue has executed {@code count} UMR WQEs. */
    void umrCompleted(int count) {
        umrCompleted += count;
    }

    @KernelFunction(value = "mlx5e_free_rx_mpwqe", module = "mlx5_core")
    private void freeWqe(int wqe) {
        for (int i = wqe * pagesPerWqe; i < (wqe + 1) * pagesPerWqe; i++) {
            if (page[i] != RxPages.NONE) {
                int released = page[i];
                page[i] = RxPages.NONE;
                pages.release(released, address[i], fragments[i]);
            }
        }
    }

    // close

    @Override
    int freeInProgress() {
        int count = umrInProgress;
        for (int wqe = wq.head(); umrInProgress > 0; umrInProgress--) {
            freeWqe(wqe);
            wqe = wq.next(wqe);
        }
        umrCompleted = 0;
        actualHead = wq.head();
        return count;
    }

    /** The reserved entry of the list counts as missing too: it may hold the pages of its last use. */
    @Override
    int freeMissing() {
        int count = wq.missing() + 1;
        int wqe = wq.head();
        for (int i = 0; i < count; i++) {
            freeWqe(wqe);
            wqe = wq.next(wqe);
        }
        return count;
    }

    @Override
    int freePosted() {
        int count = wq.posted();
        while (wq.posted() > 0) {
            int wqe = wq.oldest();
            freeWqe(wqe);
            wq.pop(wqe);
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
        return wq.posted();
    }

    @Override
    int minRxWqes() {
        return Math.min(MIN_WQES, wq.size() / 2);
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
