package io.dmalab.driver.mlx;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.driver.chardev.ChardevDriver;
import io.dmalab.driver.chardev.ChardevOptions;
import io.dmalab.driver.chardev.OpenFileSignature;
import io.dmalab.driver.pool.DmaraceNic;
import io.dmalab.driver.pool.DmaraceOptions;
import io.dmalab.driver.pool.PoolNic;
import io.dmalab.driver.pool.PoolNicOptions;
import java.util.List;

/** The plugin {@code driver-mlx}. */
public final class MlxPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "driver-mlx";
    }

    @Override
    public String summary() {
        return "Mellanox-style NIC driver: rings, RX and TX, probe and remove; an accelerator with buffers of open files";
    }

    @Override
    public List<String> requires() {
        return List.of("netstack");
    }

    @Override
    public void register(Extensions extensions) {
        extensions.events(MlxEvents.all());
        extensions.add(Extension.of(DeviceDriver.class, "mlx", MlxDriver.class,
                        "mlx5_core whose receive pages are mapped by the page_pool (v6.4 and later)")
                .options(MlxOptions.class)
                .description("One page_pool per receive queue maps each page once and keeps it mapped while the stack holds it. At close "
                        + "the rings are given back at once; pages in the stack stay mapped until the last packet in them is freed and the "
                        + "pool's worker has run."));
        extensions.add(Extension.of(DeviceDriver.class, "mlx-legacy", MlxLegacyDriver.class,
                        "mlx5_core that maps its receive pages itself (v6.2 and earlier)")
                .options(MlxOptions.class)
                .description("The driver unmaps a page when it lets go of it and leaves plain memory to the stack: no mapping outlives the "
                        + "close, at the cost of a map and an unmap for every page that cannot be reused at once."));
        extensions.add(Extension.of(DeviceDriver.class, "chardev", ChardevDriver.class,
                        "an accelerator whose DMA buffers live as long as the file they were allocated through")
                .options(ChardevOptions.class)
                .description("A process opens the device, has buffers mapped and exits later. If the device is removed meanwhile, the "
                        + "buffers are unmapped for a device that is gone, unless the driver tracks its open files."));
        extensions.add(Extension.of(DeviceDriver.class, "pool-nic", PoolNic.class,
                        "the least that a page_pool needs around it, for small worlds to explore")
                .options(PoolNicOptions.class)
                .description("A pool, a few pages in a ring, a few in the stack, each given back by a user after a time, and an interface "
                        + "if asked for. No queues, no interrupts: what is left is the life of the pages."));
        extensions.add(Extension.of(DeviceDriver.class, "dmarace-nic", DmaraceNic.class,
                        "the world DMARACE-1, which other model checkers have too: every order of NAPI's, users' and the pool's moves")
                .options(DmaraceOptions.class)
                .description("A pool and a few buffers. At any time any of them is received, taken by a user, given back, recycled or "
                        + "mapped anew. Its moves are choices of an exploring run; in an ordinary one they are drawn every millisecond."));
        extensions.add(Extension.of(FreePolicy.class, "driver-owned-mapping", DriverOwnedMapping.class, DriverOwnedMapping.SUMMARY)
                .options(DriverOwnedMapping.Options.class)
                .description(DriverOwnedMapping.DESCRIPTION));
        extensions.add(Signature.class, "open-file", OpenFileSignature.class,
                "A4: a process ends the mappings of a removed device when it exits");
        extensions.add(Extension.of(Action.class, "ethtool-ring", EthtoolRing.class,
                        "ethtool -G: changes ring sizes, which reopens all channels")
                .options(EthtoolRing.Options.class));
        extensions.add(Extension.of(Action.class, "ethtool-channels", EthtoolChannels.class,
                        "ethtool -L: changes the number of channels")
                .options(EthtoolChannels.Options.class));
        extensions.add(Extension.of(Action.class, "set-mtu", SetMtu.class,
                        "ip link set mtu: changes the MTU, which reopens all channels")
                .options(SetMtu.Options.class));
    }
}
