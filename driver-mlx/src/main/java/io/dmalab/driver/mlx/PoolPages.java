package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.netstack.Napi;
import io.dmalab.netstack.PagePool;
import io.dmalab.netstack.PagePools;
import io.dmalab.netstack.SkBuffs;

/**
 * Pages of a page_pool that maps them itself (en_rx.c since v6.4): a page gets a bias of owners when it is taken, every fragment that goes
 * to an skb is one of them, and what is left of the bias is dropped at release. Whatever skbs still own stays mapped until the last of
 * them is freed.
 */
final class PoolPages implements RxPages {
    private static final int ANY_CPU = -1;

    private final Mdev mdev;
    private final SkBuffs skbs;
    private final PagePool pool;
    private final int bias;
    private final int holder;
    private int taken;

    PoolPages(PagePools pools, Mdev mdev, RingLayout layout, Napi napi) {
        this.mdev = mdev;
        this.skbs = mdev.skbs();
        this.bias = layout.bias();
        this.holder = mdev.kernel().pages().holder("mlx5_core receive ring");
        this.pool = pools.create(new PagePool.Params(mdev.device(), mdev.netdev(), napi, ANY_CPU, layout.poolSize(),
                DmaDirection.FROM_DEVICE, true, true, layout.pageSize(), 0));
        pool.registerMemModel();
    }

    @Override
    @KernelFunction(value = "mlx5e_page_alloc_fragmented", module = "mlx5_core")
    public int take() {
        int page = pool.allocPage();
        if (page < 0) {
            return NONE;
        }
        pool.fragment(page, bias);
        mdev.kernel().pages().heldBy(page, holder);
        taken = page;
        return page;
    }

    @Override
    public long takenAddress() {
        return pool.dmaAddress(taken);
    }

    @Override
    public int buildSkb(int page, int offset, int length, int truesize, int flow) {
        return skbs.build(page, offset, length, truesize, mdev.netdev(), flow);
    }

    @Override
    public boolean addFragment(int skb, int page, int offset, int length, int truesize) {
        return skbs.addFrag(skb, page, offset, length, truesize);
    }

    @Override
    @KernelFunction(value = "mlx5e_page_release_fragmented", module = "mlx5_core")
    public void release(int page, long address, int fragments) {
        if (fragments >= bias) {
            throw new IllegalStateException("page " + page + ": " + fragments + " fragments exceed the bias of " + bias);
        }
        pool.put(page, bias - fragments, true);
    }

    @Override
    public void destroy() {
        pool.destroy();
    }

    @Override
    @KernelFunction("xdp_rxq_info_unreg")
    public void unregister() {
        pool.unregisterMemModel();
    }

    PagePool pool() {
        return pool;
    }
}
