package io.dmalab.platform.pseries.policy;

import io.dmalab.api.device.Device;
import io.dmalab.api.policy.DetachStep;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import io.dmalab.platform.pseries.iommu.DevArchdata;
import jakarta.inject.Inject;
import java.util.List;

/** Policy {@code null-base} (free-policies.md P12b): a device that goes loses its table pointer. */
public final class NullBase implements FreePolicy {
    static final String SUMMARY = "the device's table pointer is cleared when it goes, and late unmaps find no table";
    static final String DESCRIPTION = """
            Mechanism  When the device has been deleted and leaves its IOMMU group, its table pointer is cleared (set_iommu_table_base
                       with NULL). The unmap helper ignores a device without a table, so a late unmap does nothing. A grace period for
                       unmaps that had read the pointer, then the table is freed and its window removed, with whatever is in them.
            Origin     A variant made here; the check for NULL in dma_iommu_unmap_page has always been there. Not proposed. Facts:
                       free-policies.md P12b, iommu-table.md 15.
            Cost       A grace period in the removal. Nothing on the data path, no memory.
            Fails by   Without the grace period, an unmap that has read the pointer and goes on when the table is gone. The device
                       structure must be there for as long as somebody may unmap for it. The device can still reach what its window shows
                       until that goes. Below a bridge that stays (drc-type pci) window and table stay, too, and late entries are never
                       given back.
            """;

    private final GracePeriod options;

    @Inject
    public NullBase(GracePeriod options) {
        this.options = options;
    }

    /** A device of another platform has no such pointer. */
    @Override
    public void deviceGone(Device device) {
        if (device.archdata() instanceof DevArchdata data) {
            data.tableBase(null);
        }
    }

    /** Windows last: an unmap that is under way finds one. */
    @Override
    public List<DetachStep> detachPlan() {
        return WaitForDrain.TABLES_FIRST;
    }

    /** Whether an entry is in use says nothing of who is inside the table: an unmap looks at it once more after it has cleared its bit. */
    @Override
    public Verdict releaseTable(TableRelease table) {
        options.await(table.kernel());
        return Verdict.PROCEED;
    }
}
