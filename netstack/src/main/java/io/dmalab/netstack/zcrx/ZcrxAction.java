package io.dmalab.netstack.zcrx;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;
import java.util.Optional;

/** A process has io_uring take over a receive queue of a NIC, with an area of its own memory, and ends some time later. */
public final class ZcrxAction implements Action {
    /** What can be set. */
    public record Options(
            @Option(doc = "device of the scenario whose queue it is") String device,
            @Option(value = "zcrx-app", doc = "name of the process") String process,
            @Option(value = "64", doc = "pages of its area, 1 to 65536") int pages,
            @Option(value = "30s", doc = "how long it keeps its ring open") HoldTime openFor) {
        public Options {
            if (pages < 1 || pages > 65536) {
                throw new IllegalArgumentException("pages " + pages + " is out of range; use 1 to 65536");
            }
        }
    }

    private final Kernel kernel;
    private final Options options;

    @Inject
    public ZcrxAction(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
    }

    @Override
    public String comm() {
        return options.process();
    }

    @Override
    public void run() {
        Optional<Device> device = kernel.devices().byAlias(options.device()).filter(Device::bound);
        if (device.isEmpty()) {
            kernel.printk().warn(options.process() + ": no interface of " + options.device());
            return;
        }
        long open = options.openFor().sample(kernel.random().stream("zcrx " + options.device()));
        ZcrxArea area = new ZcrxArea(kernel, device.get(), options.pages());
        area.register();
        if (open < Long.MAX_VALUE) {
            kernel.sched().sleepNanos(open);
            area.close();
        }
    }
}
