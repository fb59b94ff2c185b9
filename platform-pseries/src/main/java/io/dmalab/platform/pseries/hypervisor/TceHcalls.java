package io.dmalab.platform.pseries.hypervisor;

import io.dmalab.platform.pseries.hypervisor.PartitionMemory.Ownership;

/**
 * The four TCE hypercalls, after hw/ppc/spapr_iommu.c (QEMU 7.2) and LoPAR 2.9 "Translation Control Entry Access"; leaves out
 * the multi-table form of the indirect call (negative liobn), which Linux never uses.
 *
 * <p>Every call has the same shape: decode, check the LIOBN, check counts and range, act, return code. Nothing here allocates.
 */
public final class TceHcalls {
    private static final long LIOBN_MAX = 0xffff_ffffL;
    private static final long LIST_ALIGN = 4096;
    private static final long FOREIGN_PAGE = 0xffff_ffff_ffff_f000L;
    private final TceRules rules;
    private final PartitionMemory memory;
    private final LongTable<TceTable> tables = new LongTable<>();
    private TceFaultPolicy faults;
    private TceTable lastTable;
    /**
     * {@link #lastTable} where a call for one page can do without a look at the rules, since every set of them takes it: {@code forPut} for
     * H_PUT_TCE, {@code forStuff} for H_STUFF_TCE, null where it cannot.
     */
    private TceTable forPut;
    private TceTable forStuff;
    private long output;

    TceHcalls(TceRules rules, PartitionMemory memory) {
        this.rules = rules;
        this.memory = memory;
    }

    void setFaults(TceFaultPolicy policy) {
        faults = policy;
        remember(lastTable);
    }

    /** Register r4 after a successful {@link #hGetTce} (also after H_PARTIAL). */
    public long output() {
        return output;
    }

    public long hPutTce(long liobn, long ioba, long tce) {
        TceTable table = forPut;
        if (table != null && table.liobn() == liobn) {
            long index = table.indexOfPage(ioba);
            if (Long.compareUnsigned(index, table.entries()) < 0 && isOwnPage(table, tce)) {
                table.put(index, tce);
                return Hcall.H_SUCCESS;
            }
        }
        return putByTheRules(liobn, ioba, tce);
    }

    /** A page of the partition, and nothing odd about its address: whoever checks that lets it through. */
    private boolean isOwnPage(TceTable table, long tce) {
        long bytes = table.pageSize();
        long page = tce & ~(LIST_ALIGN - 1);
        return (page & bytes - 1) == 0 && memory.ownerOf(page, bytes) == Ownership.OWNED;
    }

    private long putByTheRules(long liobn, long ioba, long tce) {
        if (!rules.tceOffered()) {
            return Hcall.H_FUNCTION;
        }
        TceTable table = table(liobn);
        if (table == null || misaligned(table, ioba) || !table.contains(ioba)) {
            return Hcall.H_PARAMETER;
        }
        long rc = validate(table, tce);
        if (rc == Hcall.H_SUCCESS && faults != null) {
            rc = faults.codeFor(liobn, ioba, 1);
        }
        if (rc != Hcall.H_SUCCESS) {
            return rc;
        }
        table.put(table.indexOf(ioba), tce);
        return Hcall.H_SUCCESS;
    }

    public long hGetTce(long liobn, long ioba) {
        if (!rules.tceOffered()) {
            return Hcall.H_FUNCTION;
        }
        TceTable table = table(liobn);
        if (table == null || misaligned(table, ioba) || !table.contains(ioba)) {
            return Hcall.H_PARAMETER;
        }
        output = table.get(table.indexOf(ioba));
        if (rules.foreignEntriesMasked() && validate(table, output) != Hcall.H_SUCCESS) {
            output |= FOREIGN_PAGE;
            return Hcall.H_PARTIAL;
        }
        return Hcall.H_SUCCESS;
    }

    /** A list whose page is aligned and in memory. */
    public long hPutTceIndirect(long liobn, long ioba, long[] list, long count) {
        return hPutTceIndirect(liobn, ioba, 0, i -> i < list.length ? list[i] : 0, count);
    }

    /** @param listAddress real address of the list; {@code list} is asked only after it and {@code count} were accepted */
    public long hPutTceIndirect(long liobn, long ioba, long listAddress, TceListReader list, long count) {
        if (!rules.multiTceOffered()) {
            return Hcall.H_FUNCTION;
        }
        TceTable table = table(liobn);
        if (table == null) {
            return Hcall.H_PARAMETER;
        }
        if (Long.compareUnsigned(count, rules.indirectCountMax()) > 0 || badList(listAddress)) {
            return Hcall.H_PARAMETER;
        }
        if (count == 0) {
            return rules.zeroCountCode();
        }
        if (misaligned(table, ioba)) {
            return Hcall.H_PARAMETER;
        }
        long index = table.indexOf(ioba);
        long fitting = fitting(table, index, count);
        if (fitting < count && !rules.partialWrites()) {
            return Hcall.H_PARAMETER;
        }
        if (faults != null) {
            long rc = faults.codeFor(liobn, ioba, count);
            if (rc != Hcall.H_SUCCESS) {
                return rc;
            }
        }
        if (!rules.partialWrites()) {
            for (int i = 0; i < count; i++) {
                long rc = validate(table, list.tceAt(i));
                if (rc != Hcall.H_SUCCESS) {
                    return rc;
                }
            }
        }
        for (int i = 0; i < fitting; i++) {
            long tce = list.tceAt(i);
            long rc = rules.partialWrites() ? validate(table, tce) : Hcall.H_SUCCESS;
            if (rc != Hcall.H_SUCCESS) {
                return rc;
            }
            table.put(index + i, tce);
        }
        return fitting < count ? Hcall.H_PARAMETER : Hcall.H_SUCCESS;
    }

    public long hStuffTce(long liobn, long ioba, long tce, long count) {
        TceTable table = forStuff;
        if (count == 1 && tce == 0 && table != null && table.liobn() == liobn) {
            long index = table.indexOfPage(ioba);
            if (Long.compareUnsigned(index, table.entries()) < 0) {
                table.put(index, 0);
                return Hcall.H_SUCCESS;
            }
        }
        return stuffByTheRules(liobn, ioba, tce, count);
    }

    private long stuffByTheRules(long liobn, long ioba, long tce, long count) {
        if (!rules.multiTceOffered()) {
            return Hcall.H_FUNCTION;
        }
        TceTable table = table(liobn);
        if (table == null) {
            return Hcall.H_PARAMETER;
        }
        if (Long.compareUnsigned(count, rules.stuffCountMax()) > 0) {
            return rules.stuffCountExceededCode();
        }
        if (Long.compareUnsigned(count, table.entries()) > 0) {
            return Hcall.H_PARAMETER;
        }
        if (count == 0) {
            return rules.zeroCountCode();
        }
        if (misaligned(table, ioba) || !rules.stuffMayMap() && (tce & TceTable.PERM_MASK) != 0) {
            return Hcall.H_PARAMETER;
        }
        long index = table.indexOf(ioba);
        long fitting = fitting(table, index, count);
        if (fitting < count && !rules.partialWrites()) {
            return Hcall.H_PARAMETER;
        }
        long rc = validate(table, tce);
        if (rc != Hcall.H_SUCCESS) {
            return rc;
        }
        table.fill(index, fitting, tce);
        return fitting < count ? Hcall.H_PARAMETER : Hcall.H_SUCCESS;
    }

    TceTable table(long liobn) {
        TceTable table = lastTable;
        if (table != null && table.liobn() == liobn) {
            return table;
        }
        if ((liobn & ~LIOBN_MAX) != 0) {
            return null;
        }
        table = tables.get(liobn);
        remember(table);
        return table;
    }

    private void remember(TceTable table) {
        lastTable = table;
        boolean plain = table != null && table.beginsPage();
        forPut = plain && rules.tceOffered() && faults == null ? table : null;
        forStuff = plain && rules.multiTceOffered() && rules.stuffCountMax() != 0 ? table : null;
    }

    void enable(TceTable table) {
        tables.put(table.liobn(), table);
        remember(table);
    }

    void disable(long liobn) {
        tables.remove(liobn);
        remember(null);
    }

    /** LIOBNs that answer now, ascending. */
    public long[] liobns() {
        return tables.sortedKeys();
    }

    /** How many of {@code count} entries from {@code index} on the table has. */
    private static long fitting(TceTable table, long index, long count) {
        return Long.compareUnsigned(index, table.entries()) >= 0 ? 0 : Math.min(count, table.entries() - index);
    }

    private boolean misaligned(TceTable table, long ioba) {
        return !rules.misalignedIobaRounded() && (ioba & table.pageSize() - 1) != 0;
    }

    private boolean badList(long listAddress) {
        if (rules.indirectListAligned() && (listAddress & LIST_ALIGN - 1) != 0) {
            return true;
        }
        return rules.indirectListInMemory() && memory.ownerOf(listAddress, LIST_ALIGN) != Ownership.OWNED;
    }

    /** With both permission bits clear the rest of an entry means nothing and nobody looks at it. */
    private long validate(TceTable table, long tce) {
        if ((tce & TceTable.PERM_MASK) == 0) {
            return Hcall.H_SUCCESS;
        }
        long page = tce & ~(LIST_ALIGN - 1);
        if (rules.tcePageAligned() && (page & table.pageSize() - 1) != 0) {
            return Hcall.H_PARAMETER;
        }
        if (!rules.tceOwnershipChecked()) {
            return Hcall.H_SUCCESS;
        }
        return switch (memory.ownerOf(page & -table.pageSize(), table.pageSize())) {
            case OWNED -> Hcall.H_SUCCESS;
            case RESCINDED -> Hcall.H_RESCINDED;
            case FOREIGN -> Hcall.H_PARAMETER;
        };
    }
}
