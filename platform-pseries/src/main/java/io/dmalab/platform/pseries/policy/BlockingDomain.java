package io.dmalab.platform.pseries.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import io.dmalab.platform.pseries.iommu.IommuTable;
import io.dmalab.platform.pseries.iommu.IommuTableGroup;
import io.dmalab.platform.pseries.window.PciDmaSetup;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/** Policy {@code blocking-domain} (free-policies.md P13): a device that goes is attached to a domain that lets nothing through. */
public final class BlockingDomain implements FreePolicy {
    static final String SUMMARY = "the device is attached to a domain that blocks all DMA before its tables go";
    static final String DESCRIPTION = """
            Mechanism  When the device leaves its IOMMU group it is attached to a static domain: its window's entries are cleared, so that
                       the device reaches nothing any more, and whoever unmaps for it finds the domain, which is always there, and changes
                       nothing. pSeries has such a domain only in the form of taking the tables into ownership, which is refused with
                       EBUSY while an entry is in use (attach: ownership, the default): then nothing has changed. attach: always is what
                       other platforms do.
            Origin     s390's fallback when the platform has already lost a device, Niklas Schnelle, 6 August 2024. Matthew Rosato, 13
                       August 2024: unrelated to this bug and does not fix it. Facts: free-policies.md P13, ddw.md 10.
            Cost       A grace period and the clearing of the window in the removal. Nothing on the data path, no memory.
            Fails by   attach: ownership, by every late page: the attachment is refused and the rest is the legacy kernel. It protects
                       memory from the device, not the table from the stack. attach: always: the clearing of a large window takes its
                       time.
            """;
    private static final int EBUSY = 16;

    /** Whether a domain in use can be left. */
    public enum Attach { OWNERSHIP, ALWAYS }

    /** Options. */
    public record Options(
            @Option(value = "ownership", doc = "refused while an entry is in use, as on pSeries, or always done") Attach attach,
            @Option(value = "20ms", doc = "what synchronize_rcu() takes after the attachment (assumed); 0s leaves it out")
                    Span gracePeriod) {
        public Options {
            GracePeriod.check(gracePeriod);
        }
    }

    private final Kernel kernel;
    private final PciDmaSetup setup;
    private final Options options;

    @Inject
    public BlockingDomain(Kernel kernel, PciDmaSetup setup, Options options) {
        this.kernel = kernel;
        this.setup = setup;
        this.options = options;
    }

    /** A device of another platform has no tables to block. */
    @Override
    public void deviceGone(Device device) {
        if (!(device.archdata() instanceof DevArchdata data)) {
            return;
        }
        List<IommuTable> tables = tables(device);
        if (options.attach() == Attach.OWNERSHIP && tables.stream().anyMatch(IommuTable::inUse)) {
            kernel.printk().err("iommu_tce: it_map is not empty");
            kernel.printk().warn("pci " + device.name() + ": not attached to the blocking domain: -" + EBUSY);
            return;
        }
        data.tableBase(null);
        tables.forEach(IommuTable::blockAll);
        if (tables.stream().anyMatch(IommuTable::inUse)) {
            GracePeriod.await(kernel, options.gracePeriod());
        }
    }

    /** As null-base: an unmap that is under way finds its window. */
    @Override
    public List<DetachStep> detachPlan() {
        return options.attach() == Attach.ALWAYS ? WaitForDrain.TABLES_FIRST : FreePolicy.super.detachPlan();
    }

    private List<IommuTable> tables(Device device) {
        List<IommuTable> tables = new ArrayList<>();
        IommuTableGroup group = setup.group(device).orElse(null);
        for (int i = 0; group != null && i < IommuTableGroup.TABLES; i++) {
            if (group.table(i) != null) {
                tables.add(group.table(i));
            }
        }
        return tables;
    }
}
