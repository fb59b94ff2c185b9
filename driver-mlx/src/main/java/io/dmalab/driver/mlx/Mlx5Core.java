package io.dmalab.driver.mlx;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.driver.mlx.hardware.Nic;
import io.dmalab.driver.mlx.hardware.ReceiveCounters;
import io.dmalab.netstack.NetDevice;
import io.dmalab.netstack.NetDevices;
import io.dmalab.netstack.NetdevOps;
import io.dmalab.netstack.SkBuffs;

/**
 * The adapter under its driver (drivers/net/ethernet/mellanox/mlx5/core/main.c, v6.14): DMA mask, firmware memory, event queues, and the
 * interface on top. Left out: devlink, SR-IOV of its own, health polling, flow tables, the firmware's own state machine.
 */
final class Mlx5Core {
    private static final long MASK_64 = -1L;
    private static final long MASK_32 = 0xffff_ffffL;

    private final Kernel kernel;
    private final NetDevices netdevs;
    private final SkBuffs skbs;
    private final MlxOptions options;
    private final RxPages.Factory rxPages;
    private Commands commands;
    private FirmwarePages firmwarePages;
    private EventQueues eventQueues;
    private ReceiveCounters counters;
    private Mlx5e ethernet;

    Mlx5Core(Kernel kernel, NetDevices netdevs, SkBuffs skbs, MlxOptions options, RxPages.Factory rxPages) {
        this.kernel = kernel;
        this.netdevs = netdevs;
        this.skbs = skbs;
        this.options = options;
        this.rxPages = rxPages;
    }

    /** @throws MlxException if a step fails; the steps before are undone */
    @KernelFunction(value = "probe_one", module = "mlx5_core")
    void probe(Device device) {
        setDmaCaps(device);
        RingParams params = RingParams.of(options, kernel.sched().cpus());
        commands = new Commands(kernel, device, options.commandTime().nanos());
        firmwarePages = new FirmwarePages(kernel, device, commands, options.firmwarePages());
        eventQueues = new EventQueues(kernel, device, commands);
        try {
            load(params.channels());
        } catch (MlxException e) {
            unload();
            throw e;
        }
        probeEthernet(device, params);
        device.drvdata(ethernet);
    }

    /** 64 bits if the platform grants them, else 32. */
    @KernelFunction(value = "set_dma_caps", module = "mlx5_core")
    private void setDmaCaps(Device device) {
        if (!kernel.dma().setMask(device, MASK_64)) {
            kernel.printk().warn("mlx5_core " + device.name() + ": Warning: couldn't set 64-bit PCI DMA mask");
            if (!kernel.dma().setMask(device, MASK_32)) {
                throw new MlxException(MlxException.EIO, "mlx5_core " + device.name() + ": Can't set PCI DMA mask");
            }
        }
    }

    @KernelFunction(value = "mlx5_init_one", module = "mlx5_core")
    private void load(int vectors) {
        commands.enable();
        commands.exec("ENABLE_HCA");
        firmwarePages.give();
        commands.exec("INIT_HCA");
        eventQueues.create(vectors);
    }

    @KernelFunction(value = "mlx5e_probe", module = "mlx5_core")
    private void probeEthernet(Device device, RingParams params) {
        Ops ops = new Ops();
        NetDevice netdev = netdevs.alloc(device.alias(), device, ops);
        counters = ReceiveCounters.of(kernel.metrics());
        Nic nic = new Nic(kernel, device.workload(), counters, netdev::receivesTraffic);
        Mdev mdev = new Mdev(kernel, device, options, rxPages, commands, nic, netdevs, netdev, skbs);
        ethernet = new Mlx5e(mdev, params);
        ops.target = ethernet;
        netdevs.register(netdev);
    }

    /** ip link set up. @throws MlxException if the interface cannot be opened */
    void up() {
        int error = netdevs.open(ethernet.netdev());
        if (error < 0) {
            throw new MlxException(-error, ethernet.netdev().name() + " cannot be opened, errno " + -error);
        }
    }

    @KernelFunction(value = "remove_one", module = "mlx5_core")
    void remove() {
        removeEthernet();
        unload();
    }

    @KernelFunction(value = "mlx5e_remove", module = "mlx5_core")
    private void removeEthernet() {
        netdevs.unregister(ethernet.netdev());
        ethernet.free();
    }

    @KernelFunction(value = "mlx5_uninit_one", module = "mlx5_core")
    private void unload() {
        eventQueues.destroy();
        commands.exec("TEARDOWN_HCA");
        firmwarePages.reclaim();
        commands.exec("DISABLE_HCA");
        commands.disable();
    }

    Mlx5e ethernet() {
        return ethernet;
    }

    /** CPU pages that the firmware has, each with a streaming mapping. */
    int firmwarePageCount() {
        return firmwarePages.count();
    }

    ReceiveCounters counters() {
        return counters;
    }

    /** Breaks the circle between the interface, which needs its operations, and the operations, which need the interface. */
    private static final class Ops implements NetdevOps {
        private NetdevOps target;

        @Override
        public int open() {
            return target.open();
        }

        @Override
        public int stop() {
            return target.stop();
        }

        @Override
        public boolean xmit(int skb, int queue) {
            return target.xmit(skb, queue);
        }

        @Override
        public boolean present() {
            return target.present();
        }
    }
}
