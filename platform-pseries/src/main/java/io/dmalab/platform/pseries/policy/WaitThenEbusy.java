package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.Verdict;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableGroup;
import io.dmalab.platform.pseries.window.PciDmaSetup;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Policy {@code wait-then-ebusy} (free-policies.md P2): in use at the deadline means that the removal is refused. The detach notifier is
 * too late for that, its node is detached already; so the question is put before anything is torn down.
 */
public final class WaitThenEbusy implements FreePolicy {
    static final String SUMMARY = "a removal waits for the tables before anything is torn down, and is refused with EBUSY at the deadline";
    static final String DESCRIPTION = """
            Mechanism  Before the slot is powered off, the driver is unbound: what is mapped then is what others hold. The tables are
                       looked at until no entry is in use, and the removal goes on. At the deadline the driver is bound again, to the same
                       device, window and table, and drmgr gets EBUSY; pages that come later are unmapped as ever. With judge: bound the
                       driver stays, and so do the buffers in its rings, so that a table is never found empty while the interface is up.
            Origin     A variant made here, after VFIO's taking of a table, which answers -EBUSY if it is in use. Not proposed. Facts:
                       free-policies.md P2.
            Cost       The removal blocks until the last late unmap or the cap. The interface is gone meanwhile, and after a refusal it is
                       a new one, which somebody has to configure. Nothing on the data path, no memory.
            Fails by   A buffer that is held for long: the device cannot be removed, however often one tries, and every try costs an
                       outage as long as the cap. A migration that needs the removal fails. Mappings of a direct window are not seen.
            """;
    private static final int EBUSY = 16;

    /** Where a table is looked at. */
    public enum Judge {
        /** After the driver has been unbound: only what others hold is mapped. */
        UNBOUND,
        /** With the driver at work: its own buffers count. */
        BOUND
    }

    /** Options. */
    public record Options(
            @Option(value = "50ms", doc = "how long it sleeps between two looks, at least 1ms") Span interval,
            @Option(value = "120s", doc = "when it gives up, or forever") Span cap,
            @Option(value = "unbound", doc = "the tables are judged with the driver unbound, or bound: then its rings count") Judge judge) {
        public Options {
            DrainOptions.checkInterval(interval);
        }
    }

    private final Kernel kernel;
    private final PciDmaSetup setup;
    private final Options options;

    @Inject
    public WaitThenEbusy(Kernel kernel, PciDmaSetup setup, Options options) {
        this.kernel = kernel;
        this.setup = setup;
        this.options = options;
    }

    @Override
    public Verdict beforeRemoval(Device device) {
        boolean there = kernel.devices().byAlias(device.alias()).filter(found -> found == device).isPresent();
        if (!there) {
            return Verdict.PROCEED;
        }
        boolean rebind = options.judge() == Judge.UNBOUND && device.bound();
        if (rebind) {
            kernel.devices().unbind(device);
        }
        long start = kernel.clock().now();
        Optional<IommuTable> busy = inUse(device);
        while (busy.isPresent()) {
            if (!options.cap().isForever() && kernel.clock().now() - start >= options.cap().nanos()) {
                return refuse(device, busy.get(), rebind);
            }
            kernel.metrics().counter(Metrics.POLL_ROUNDS).increment();
            kernel.sched().msleep(options.interval().nanos() / 1_000_000L);
            busy = inUse(device);
        }
        return Verdict.PROCEED;
    }

    private Verdict refuse(Device device, IommuTable table, boolean rebind) {
        String why = table.used() + " TCEs of LIOBN 0x" + Long.toHexString(table.index()) + " are in use";
        kernel.printk().warn("pci " + device.name() + ": " + why + ", not removed");
        if (rebind) {
            kernel.devices().bind(device);
        }
        return new Verdict.Refuse(EBUSY, why);
    }

    private Optional<IommuTable> inUse(Device device) {
        IommuTableGroup group = setup.group(device).orElse(null);
        for (int i = 0; group != null && i < IommuTableGroup.TABLES; i++) {
            IommuTable table = group.table(i);
            if (table != null && table.inUse()) {
                return Optional.of(table);
            }
        }
        return Optional.empty();
    }
}
