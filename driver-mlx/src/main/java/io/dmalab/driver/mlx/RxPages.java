package io.dmalab.driver.mlx;

import io.dmalab.netstack.Napi;

/**
 * Where a receive queue's pages come from, who owns their DMA mapping, and how skbs hold on to them: the page functions of en_rx.c. One
 * instance per receive queue, called by its NAPI, and by the closing task once NAPI is disabled.
 */
interface RxPages {
    /** No page could be had. */
    int NONE = -1;

    /** mlx5e_page_alloc: a mapped page for a WQE, or {@link #NONE}. */
    int take();

    /** DMA address of the page that {@link #take} gave last. */
    long takenAddress();

    /** An skb built round packet memory of a page: one more fragment of it belongs to an skb. */
    int buildSkb(int page, int offset, int length, int truesize, int flow);

    /**
     * Adds part of a page to an skb; true if it became a fragment of its own and not part of the one before it: one more fragment of the
     * page belongs to an skb.
     */
    boolean addFragment(int skb, int page, int offset, int length, int truesize);

    /**
     * mlx5e_page_release: the WQE lets go of a page.
     *
     * @param address   its DMA address
     * @param fragments how many fragments of it went to skbs since {@link #take}
     */
    void release(int page, long address, int fragments);

    /** First half of closing: page_pool_destroy. Task context, NAPI disabled, nothing taken. */
    void destroy();

    /** Second half: xdp_rxq_info_unreg. Task context. */
    void unregister();

    /** Makes the pages of a new receive queue. */
    @FunctionalInterface
    interface Factory {
        /** @throws io.dmalab.netstack.PagePoolException or MlxException if it cannot be done. Task context */
        RxPages create(Mdev mdev, RingLayout layout, Napi napi);
    }
}
