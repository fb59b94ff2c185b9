package io.dmalab.netstack;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.net.Workload;
import java.util.ArrayList;
import java.util.List;

/** The least NIC with a page_pool: each packet of the workload gets a page of its own and an interrupt of its own. */
final class PoolNic implements DeviceDriver, NetdevOps {
    private static final int BUFFER = 2048;

    final List<PagePool> pools = new ArrayList<>();
    private final Kernel kernel;
    private final TestMachine machine;
    private Device device;
    private NetDevice netdev;
    private Napi napi;
    private PagePool pool;
    private long arrival = Long.MAX_VALUE;
    private boolean started;
    private boolean open;

    PoolNic(TestMachine machine) {
        this.kernel = machine.kernel;
        this.machine = machine;
    }

    NetDevice netdev() {
        return netdev;
    }

    @Override
    public String name() {
        return "poolnic";
    }

    @Override
    public void probe(Device newDevice) {
        device = newDevice;
        netdev = machine.netdevs.alloc(device.alias(), device, this);
        napi = machine.netdevs.napi(netdev, 0, this::poll);
        machine.netdevs.register(netdev);
    }

    @Override
    public void up(Device same) {
        machine.netdevs.open(netdev);
    }

    @Override
    public void remove(Device same) {
        machine.netdevs.unregister(netdev);
        napi.delete();
    }

    @Override
    public int open() {
        pool = machine.pools.create(new PagePool.Params(device, netdev, napi, -1, 256, DmaDirection.FROM_DEVICE, true, true, BUFFER, 0));
        pools.add(pool);
        napi.enable();
        open = true;
        netdev.carrier(true);
        if (!started && device.workload().isPresent()) {
            started = true;
            device.workload().get().start(kernel.clock().now());
            arrival = device.workload().get().next();
            arm();
        }
        return 0;
    }

    @Override
    public int stop() {
        open = false;
        napi.disable();
        netdev.carrier(false);
        pool.destroy();
        return 0;
    }

    @Override
    public boolean xmit(int skb, int queue) {
        machine.skbs.release(skb);
        return true;
    }

    private void arm() {
        if (arrival != Long.MAX_VALUE) {
            kernel.sched().at(Math.max(arrival, kernel.clock().now()), ContextKind.HARDIRQ, 0, word -> interrupt(), 0);
        }
    }

    private void interrupt() {
        if (open) {
            napi.schedule();
        } else {
            consume(Integer.MAX_VALUE, false);
            arm();
        }
    }

    private int poll(int budget) {
        int work = consume(budget, open);
        if (work < budget) {
            arm();
        }
        return work;
    }

    private int consume(int budget, boolean deliver) {
        Workload workload = device.workload().orElseThrow();
        int work = 0;
        while (arrival <= kernel.clock().now() && work < budget) {
            if (deliver && netdev.receivesTraffic()) {
                int page = pool.allocPage();
                napi.receive(machine.skbs.build(page, 0, workload.bytes(), BUFFER, netdev, workload.flow()));
            }
            work++;
            arrival = workload.next();
        }
        return work;
    }
}
