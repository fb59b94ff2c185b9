package io.dmalab.platform.pseries.kernel;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.KernelOops;
import io.dmalab.api.kernel.Level;
import io.dmalab.api.kernel.Printk;
import jakarta.inject.Inject;
import java.util.function.Supplier;

/** dev_info() and its kin (drivers/base/core.c), BUG_ON, and what %p makes of an address that is no watched object. */
@MachineScoped
public final class KernelLog {
    private final Kernel kernel;
    private final Printk printk;

    @Inject
    public KernelLog(Kernel kernel) {
        this.kernel = kernel;
        this.printk = kernel.printk();
    }

    public Printk printk() {
        return printk;
    }

    public void info(Device device, String text) {
        info(device, () -> text);
    }

    /** As {@link #info(Device, String)}, with a text that is made only if anybody will see it. */
    public void info(Device device, Supplier<String> text) {
        printk.print(Level.INFO, () -> prefix(device) + text.get());
    }

    public void warn(Device device, String text) {
        printk.print(Level.WARNING, prefix(device) + text);
    }

    public void err(Device device, String text) {
        printk.print(Level.ERR, prefix(device) + text);
    }

    /** {@code driver device: }, with the bus in the driver's place while there is none. */
    private static String prefix(Device device) {
        String driver = device.bound() ? device.driverName() : "pci";
        return (driver.isEmpty() ? "pci" : driver) + " " + device.name() + ": ";
    }

    /**
     * BUG(): reports it, prints what the kernel prints, and gives the oops that ends the running context.
     *
     * @param function where it is
     * @param file     kernel source file
     */
    public KernelOops bug(String function, String file, String why) {
        kernel.findings().report(FindingKind.BUG, function, "BUG_ON in " + function + ": " + why);
        printk.print(Level.CRIT, "kernel BUG at " + file + "!");
        printk.dumpStack();
        return new KernelOops(function + ": " + why);
    }
}
