package io.dmalab.driver.pool;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.NetdevOps;
import io.dmalab.netstack.PagePool;
import io.dmalab.netstack.PagePools;
import jakarta.inject.Inject;

/**
 * The driver {@code pool-nic}: the least that a page_pool needs around it, for small worlds. It has a pool, a few pages in its ring and a
 * few in the stack, each of which somebody gives back after a time, and an interface if it is asked for one. No queues, no interrupts;
 * models no driver of the kernel.
 */
public final class PoolNic implements DeviceDriver, NetdevOps {
    private static final long MASK_64 = -1L;
    private static final int SPARE_NODE = 1;

    private final Kernel kernel;
    private final NetDevices netdevs;
    private final PagePools pools;
    private final PoolNicOptions options;
    private Device device;
    /** Null without an interface. */
    private NetDevice netdev;
    private PagePool pool;
    private int[] ring;

    @Inject
    public PoolNic(Kernel kernel, NetDevices netdevs, PagePools pools, PoolNicOptions options) {
        this.kernel = kernel;
        this.netdevs = netdevs;
        this.pools = pools;
        this.options = options;
    }

    @Override
    public String name() {
        return "pool_nic";
    }

    @Override
    public void probe(Device probed) {
        if (!kernel.dma().setMask(probed, MASK_64)) {
            throw new IllegalStateException("no usable DMA mask");
        }
        device = probed;
        if (options.netdev()) {
            netdev = netdevs.alloc(device.alias(), device, this);
            netdevs.register(netdev);
        }
    }

    @Override
    public void up(Device same) {
        if (netdev != null) {
            netdevs.open(netdev);
        } else {
            open();
        }
    }

    @Override
    public void remove(Device same) {
        if (netdev != null) {
            netdevs.unregister(netdev);
        } else {
            stop();
        }
    }

    /** The stack gets its pages, dealt out to its users in turn; what the pool mapped beyond that is given up. */
    @Override
    public int open() {
        int syncBytes = options.sync() ? kernel.pages().pageSize() : 0;
        pool = pools.create(new PagePool.Params(device, netdev, null, -1, options.recycle(), DmaDirection.FROM_DEVICE, true, options.sync(),
                syncBytes, 0));
        ring = take(options.ring());
        int[] stack = take(options.stack());
        pool.updateNid(SPARE_NODE);
        for (int user = 0; user < options.users(); user++) {
            int first = user;
            int cpu = user % Math.max(1, kernel.sched().cpus() - 1);
            kernel.sched().spawn("user/" + user, cpu, () -> use(stack, first));
        }
        return 0;
    }

    @Override
    public int stop() {
        for (int page : ring) {
            pool.put(page, 1, false);
        }
        pool.destroy();
        return 0;
    }

    /** Nothing is sent by this driver. */
    @Override
    public boolean xmit(int skb, int queue) {
        return false;
    }

    private int[] take(int count) {
        int[] pages = new int[count];
        for (int i = 0; i < count; i++) {
            pages[i] = pool.allocPage();
            if (pages[i] < 0) {
                throw new IllegalStateException("no page left for the ring");
            }
        }
        return pages;
    }

    /** One user of the stack: has every {@code users}-th page and gives them back in order. */
    private void use(int[] pages, int first) {
        for (int i = first; i < pages.length; i += options.users()) {
            kernel.sched().sleepNanos(options.hold().sample(kernel.random().stream("pool-nic")));
            pool.put(pages[i], 1, false);
        }
    }
}
