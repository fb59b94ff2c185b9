package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;

/** A table between its last reference and its end, as the policy sees it. */
final class TableDrain implements TableRelease {
    /** How often a policy that says "not yet" is asked again. */
    private static final long ASK_AGAIN_MS = 50;

    private final IommuTable table;
    private final Kernel kernel;
    private final Completion idle;

    TableDrain(IommuTable table, Kernel kernel) {
        this.table = table;
        this.kernel = kernel;
        this.idle = kernel.locks().completion("iommu_table idle");
    }

    /** What is done with the table: true if its memory is kept. Task context; may sleep as long as the policy wants. */
    boolean askPolicy() {
        Verdict verdict = kernel.policy().releaseTable(this);
        while (verdict instanceof Verdict.WaitFor) {
            kernel.sched().msleep(ASK_AGAIN_MS);
            verdict = kernel.policy().releaseTable(this);
        }
        return verdict instanceof Verdict.Keep;
    }

    @Override
    public Kernel kernel() {
        return kernel;
    }

    @Override
    public Device device() {
        return archdata() == null ? null : table.device();
    }

    @Override
    public String function() {
        return "iommu_table_free";
    }

    @Override
    public String subject() {
        return "LIOBN 0x" + Long.toHexString(table.index());
    }

    @Override
    public boolean inUse() {
        return table.inUse();
    }

    @Override
    public long used() {
        return table.used();
    }

    @Override
    public void markDead() {
        table.markDead();
    }

    @Override
    public void clearDevicePointer() {
        DevArchdata data = archdata();
        if (data != null) {
            data.tableBase(null);
        }
    }

    /** The flag goes up before the first look, so that no wake-up is lost. */
    @Override
    public boolean awaitIdle(long jiffies) {
        long deadline = kernel.clock().jiffies() + jiffies;
        idle.reinit();
        table.drain(this);
        while (table.inUse()) {
            long left = deadline - kernel.clock().jiffies();
            if (left <= 0 || !idle.awaitJiffies(left)) {
                break;
            }
        }
        table.drain(null);
        return !table.inUse();
    }

    /** Entries were freed while somebody waits. Any context. */
    void freed() {
        if (!table.inUse()) {
            idle.complete();
        }
    }

    /** The device's data if its table pointer still leads here, else null. */
    private DevArchdata archdata() {
        Device device = table.device();
        return device != null && device.archdata() instanceof DevArchdata data && data.tableBase() == table ? data : null;
    }
}
