package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Completion;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Kref;
import io.dmalab.api.kernel.StateSource;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import io.dmalab.platform.pseries.kernel.PseriesEvents;

/** A table's references and its end, as far as the policy has a say in them. */
final class TableLife implements TableRelease {
    /** How often a policy that says "not yet" is asked again. */
    private static final long ASK_AGAIN_MS = 50;

    private final IommuTable table;
    private final IommuTables tables;
    private final Kernel kernel;
    private final Kref kref;
    private final TableBooks books = new TableBooks();
    /** The policy's guard, null if it has none. */
    private TableGuard guard;
    private boolean dead;
    /** Its last reference has gone, and what becomes of it is being decided. */
    private boolean releasing;
    private long emptySince = -1;
    private boolean kept;
    /** Its memory outlives its owner. */
    private boolean zombie;
    private boolean freeWhenIdle;
    private long idleGraceNanos;
    private Completion idle;

    TableLife(IommuTable table, IommuTables tables) {
        this.table = table;
        this.tables = tables;
        this.kernel = tables.kernel();
        this.kref = new Kref(table.object());
    }

    /** The table works from now on. */
    void begin() {
        TableGuard given = kernel.policy().guardTable(this);
        guard = given == TableGuard.NONE ? null : given;
    }

    TableBooks books() {
        return books;
    }

    /** The table's state, as far as its entries are alike. */
    void tell(StateSource.State into) {
        into.value(kref.count());
        into.value(dead ? 1 : 0);
        into.value(kept ? 1 : 0);
        into.value(table.used());
    }

    // entries

    void mapped(long entries) {
        books.mapped(entries);
        if (guard != null) {
            guard.mapped(entries);
        }
    }

    /** True if the hypervisor is told. */
    boolean unmapping(long entries) {
        return (guard == null || guard.unmapping(entries)) && !dead;
    }

    /** True if the guard clears the bits later. */
    boolean defers(long first, int entries) {
        return guard != null && guard.defers(first, entries);
    }

    @Override
    public void giveBack(long first, int entries) {
        table.clearBits(first, entries, !dead);
    }

    /** The bits have been cleared. @param told the hypervisor has been told */
    void unmapped(long entries, boolean told) {
        books.unmapped(entries, told);
        if (!told) {
            tables.dropped().increment();
        }
        if (guard != null) {
            guard.unmapped(entries);
        }
        if (releasing && books.out() == 0) {
            emptySince = kernel.clock().now();
        }
        if (idle != null && !table.inUse()) {
            idle.complete();
        }
        if (kept && freeWhenIdle && books.out() == 0) {
            tables.freeLater(this);
        }
    }

    /** An unmap has had its last look at the table. */
    void left(long entries) {
        if (guard != null) {
            guard.left(entries);
        }
    }

    // references

    @Override
    public boolean get() {
        return kref.get();
    }

    @Override
    public boolean put() {
        boolean last = kref.put();
        if (last) {
            free();
        }
        return last;
    }

    @Override
    public void putLater() {
        if (kref.put()) {
            tables.freeLater(this);
        }
    }

    void ownerLeaves() {
        if (guard != null) {
            guard.ownerLeaves();
        }
    }

    /** iommu_table_free(): what becomes of a table in use is the policy's to say. */
    @KernelFunction("iommu_table_free")
    private void free() {
        table.object().read("it_map");
        if (table.map() == null) {
            kernel.memory().free(table.object());
            return;
        }
        boolean keep = askPolicy();
        kernel.trace().emit(PseriesEvents.TABLE_FREE, table.liobn(), table.used(), keep ? 1 : 0);
        if (keep) {
            keep();
        } else {
            destroy();
        }
    }

    /** Bitmap and structure go, in use or not. */
    private void destroy() {
        books.freed();
        if (zombie) {
            tables.zombie(-table.bytes());
        }
        table.map().release();
        kernel.memory().free(table.object());
    }

    /** Others hold references: the memory stays until they are done. */
    void outlivesOwner() {
        zombie = true;
        tables.zombie(table.bytes());
    }

    /** In a worker: the last reference was dropped where the table could not be freed, or a kept table has become empty. */
    void freeNow() {
        if (kept) {
            if (idleGraceNanos > 0) {
                kernel.rcu().synchronize(idleGraceNanos);
            }
            destroy();
        } else {
            free();
        }
    }

    /** What is done with the table: true if its memory is kept. Task context; may sleep as long as the policy wants. */
    private boolean askPolicy() {
        releasing = true;
        Verdict verdict = kernel.policy().releaseTable(this);
        while (verdict instanceof Verdict.WaitFor) {
            kernel.sched().msleep(ASK_AGAIN_MS);
            verdict = kernel.policy().releaseTable(this);
        }
        releasing = false;
        if (emptySince >= 0) {
            tables.woken(kernel.clock().now() - emptySince);
        }
        return verdict instanceof Verdict.Keep;
    }

    /** The memory stays, and the table is dead. */
    private void keep() {
        markDead();
        kept = true;
        if (!zombie) {
            outlivesOwner();
        }
        if (freeWhenIdle && books.out() == 0) {
            tables.freeLater(this);
        }
    }

    // as the policy sees it

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
        table.object().write("dead");
        dead = true;
    }

    @Override
    public void freeWhenIdle() {
        freeWhenIdle = true;
    }

    @Override
    public void freeWhenIdle(long gracePeriodNanos) {
        freeWhenIdle = true;
        idleGraceNanos = gracePeriodNanos;
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
        table.object().write("drain");
        idle = kernel.locks().completion("iommu_table idle");
        while (table.inUse()) {
            long left = deadline - kernel.clock().jiffies();
            if (left <= 0 || !idle.awaitJiffies(left)) {
                break;
            }
        }
        table.object().write("drain");
        idle = null;
        return !table.inUse();
    }

    /** The device's data if its table pointer still leads here, else null. */
    private DevArchdata archdata() {
        Device device = table.device();
        return device != null && device.archdata() instanceof DevArchdata data && data.tableBase() == table ? data : null;
    }
}
