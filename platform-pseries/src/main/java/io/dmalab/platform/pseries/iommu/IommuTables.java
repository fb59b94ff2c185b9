package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.Components;
import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaAllocator;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.kernel.Work;
import io.dmalab.platform.pseries.kernel.KernelLog;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes iommu_tables (iommu_pseries_alloc_table of arch/powerpc/platforms/pseries/iommu.c) and holds what they share. */
@MachineScoped
public final class IommuTables {
    private final Kernel kernel;
    private final Components components;
    private final KernelLog log;
    private final FailIommu fail;
    private String allocator = "iommu-table-bitmap";
    private boolean announced;
    private final List<IommuTable> all = new ArrayList<>();
    private final List<TableLife> toFree = new ArrayList<>();
    private final Counter dropped;
    private final Counter zombieBytes;
    private final Counter zombieBytesPeak;
    private final Counter wakeLatency;
    private final Work freeWork;

    @Inject
    public IommuTables(Kernel kernel, Components components, KernelLog log, FailIommu fail) {
        this.kernel = kernel;
        this.components = components;
        this.log = log;
        this.fail = fail;
        this.dropped = kernel.metrics().counter(Metrics.DROPPED_LATE_UNMAPS);
        this.zombieBytes = kernel.metrics().counter(Metrics.ZOMBIE_BYTES);
        this.zombieBytesPeak = kernel.metrics().counter(Metrics.ZOMBIE_BYTES_PEAK);
        this.wakeLatency = kernel.metrics().counter(Metrics.WAKE_LATENCY_NS);
        this.freeWork = kernel.events().work("iommu_table_free_work", this::freeTables);
    }

    /** Chooses the {@link DmaAllocator} of tables made from now on, by its id. */
    public void allocator(String id) {
        allocator = id;
    }

    /** iommu_pseries_alloc_table() and iommu_table_setparms_common(): a table with one reference, not initialised. */
    @KernelFunction("iommu_pseries_alloc_table")
    public IommuTable create(TableParameters parameters, IommuTableOps ops) {
        IommuTable table = new IommuTable(this, parameters, ops);
        all.add(table);
        return table;
    }

    /** Frees the tables whose time has come in a worker. Any context. */
    void freeLater(TableLife life) {
        toFree.add(life);
        freeWork.queue(kernel.sched().cpu());
    }

    @KernelFunction("iommu_table_free_work")
    private void freeTables() {
        while (!toFree.isEmpty()) {
            toFree.removeFirst().freeNow();
        }
    }

    /**
     * Holds every table's books against its bitmap and adds them up in the counters; entries that nobody will give back are a
     * finding. At the end of a run.
     *
     * @return what does not agree; empty if all is well
     */
    public List<String> audit() {
        List<String> wrong = new ArrayList<>();
        for (IommuTable table : all) {
            TableBooks books = table.life().books();
            count(Metrics.TABLE_MAPS, books.mapped());
            count(Metrics.TABLE_UNMAPS, books.cleared());
            count(Metrics.DROPPED_ENTRIES, books.dropped());
            count(books.isFreed() ? Metrics.LOST_ENTRIES : Metrics.ENTRIES_IN_USE, books.out());
            findForgotten(table);
            if (books.out() != table.used()) {
                wrong.add(String.format(Locale.ROOT, "table of LIOBN 0x%x: %d entries mapped, %d unmapped, %d dropped, but %d in use",
                        table.liobn(), books.mapped(), books.cleared(), books.dropped(), table.used()));
            }
        }
        return wrong;
    }

    /** Entries of a table that is there, for a device that is not and has no mapping: whoever unmapped them did not reach the table. */
    private void findForgotten(IommuTable table) {
        Device device = table.device();
        TableBooks books = table.life().books();
        if (!books.isFreed() && books.out() > 0 && device != null && !device.bound() && kernel.dma().live(device) == 0) {
            kernel.findings().report(FindingKind.LEAK, "LIOBN 0x" + Long.toHexString(table.liobn()), books.out() + " entries of "
                    + device.name() + " are in use when the run ends, though it has gone and nothing is mapped");
        }
    }

    private void count(String metric, long entries) {
        kernel.metrics().counter(metric).add(entries);
    }

    /** Unmaps that the hypervisor was not told of. */
    public Counter dropped() {
        return dropped;
    }

    void zombie(long bytes) {
        zombieBytes.add(bytes);
        zombieBytesPeak.max(zombieBytes.value());
    }

    void woken(long nanos) {
        wakeLatency.max(nanos);
    }

    Kernel kernel() {
        return kernel;
    }

    KernelLog log() {
        return log;
    }

    FailIommu fail() {
        return fail;
    }

    DmaAllocator newAllocator() {
        return components.create(DmaAllocator.class, allocator);
    }

    /** Printed once per boot. */
    void initialized() {
        if (!announced) {
            announced = true;
            kernel.printk().info("IOMMU table initialized, virtual merging enabled");
        }
    }
}
