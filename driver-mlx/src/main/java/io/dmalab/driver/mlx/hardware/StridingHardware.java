package io.dmalab.driver.mlx.hardware;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;

/**
 * A striding receive queue (multi-packet WQE) as the device sees it: WQEs in the order they were pushed on the linked list, each a 256 KiB
 * buffer whose pages are found through UMR translation entries and which packets fill stride by stride. Packets never straddle two WQEs: a
 * remainder that is too small is skipped and reported by a filler completion.
 */
public final class StridingHardware extends ReceiveHardware {
    private static final int NONE = -1;

    private final int pageShift;
    private final int pagesPerWqe;
    private final int strideShift;
    private final int stridesPerWqe;
    private final int headroom;
    private final long[] translation;
    private final int[] posted;
    private int postedHead;
    private int postedTail;
    private int current = NONE;
    private int nextStride;

    /**
     * @param logWqes  log2 of the number of WQEs
     * @param headroom bytes left free at the start of each packet's first stride
     */
    public StridingHardware(DmaApi dma, Device device, CompletionQueue completions, int logWqes, int pageShift, int pagesPerWqe,
            int strideShift, int stridesPerWqe, int headroom) {
        super(dma, device, completions);
        this.pageShift = pageShift;
        this.pagesPerWqe = pagesPerWqe;
        this.strideShift = strideShift;
        this.stridesPerWqe = stridesPerWqe;
        this.headroom = headroom;
        translation = new long[pagesPerWqe << logWqes];
        posted = new int[1 << logWqes];
    }

    /** Writes one translation entry (UMR): DMA address of a page of a WQE's buffer. */
    public void translate(int wqe, int page, long address) {
        translation[wqe * pagesPerWqe + page] = address;
    }

    /** Doorbell: the WQE's buffer may be written from now on. */
    public void post(int wqe) {
        posted[postedTail++ & posted.length - 1] = wqe;
    }

    /** WQEs that the device may still write to, the one in use included. */
    public int postedWqes() {
        return postedTail - postedHead + (current == NONE ? 0 : 1);
    }

    @Override
    Outcome scatter(int bytes, int flow) {
        int needed = headroom + bytes + (1 << strideShift) - 1 >> strideShift;
        if (current != NONE && nextStride + needed > stridesPerWqe) {
            completions().produce(current, nextStride, stridesPerWqe - nextStride, CompletionQueue.FILLER, flow);
            current = NONE;
        }
        if (current == NONE) {
            if (postedHead == postedTail) {
                return Outcome.NO_BUFFER;
            }
            current = posted[postedHead++ & posted.length - 1];
            nextStride = 0;
        }
        if (!scatterPages((nextStride << strideShift) + headroom, bytes)) {
            return Outcome.NOT_READY;
        }
        completions().produce(current, nextStride, needed, bytes, flow);
        nextStride += needed;
        if (nextStride == stridesPerWqe) {
            current = NONE;
        }
        return Outcome.WRITTEN;
    }

    private boolean scatterPages(int start, int bytes) {
        int pageMask = (1 << pageShift) - 1;
        int offset = start;
        int left = bytes;
        while (left > 0) {
            int length = Math.min(left, pageMask + 1 - (offset & pageMask));
            if (!write(translation[current * pagesPerWqe + (offset >> pageShift)] + (offset & pageMask), length)) {
                return false;
            }
            offset += length;
            left -= length;
        }
        return true;
    }
}
