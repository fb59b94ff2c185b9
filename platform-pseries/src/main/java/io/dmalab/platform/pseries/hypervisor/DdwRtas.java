package io.dmalab.platform.pseries.hypervisor;

/**
 * The four dynamic-DMA-window calls, after hw/ppc/spapr_rtas_ddw.c (QEMU 7.2) and LoPAR 2.9; the config address is not
 * looked at, as in QEMU, since a bridge is one endpoint here.
 *
 * <p>Same shape for each: counts, find, check, act, status. Output words stay untouched unless the status is 0.
 */
final class DdwRtas {
    private static final int BUID_HI = 1;
    private static final int BUID_LO = 2;

    private final Hypervisor hypervisor;
    private final DdwRules rules;
    private CreateFaultPolicy createFaults = CreateFaultPolicy.NONE;

    DdwRtas(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
        this.rules = hypervisor.profile().ddw();
    }

    void setCreateFaults(CreateFaultPolicy policy) {
        createFaults = policy;
    }

    int query(int[] args, int[] rets) {
        boolean six = rets.length == 6;
        if (args.length != 3 || !(rets.length == 5 || six && rules.sixOutputQuery())) {
            return RtasStatus.PARAM_ERROR;
        }
        Phb phb = find(args);
        if (phb == null) {
            return RtasStatus.PARAM_ERROR;
        }
        int i = 1;
        rets[i++] = phb.windowsAvailable();
        if (six) {
            rets[i++] = (int) (rules.largestBlock() >>> Integer.SIZE);
            rets[i++] = (int) rules.largestBlock();
        } else {
            rets[i++] = (int) Math.min(rules.largestBlock(), rules.largestBlock32());
        }
        rets[i++] = DdwRules.queryMask(phb.config().pageSizes());
        rets[i] = 0;
        return RtasStatus.SUCCESS;
    }

    int create(int[] args, int[] rets) {
        if (args.length != 5 || rets.length != 4) {
            return RtasStatus.PARAM_ERROR;
        }
        Phb phb = find(args);
        if (phb == null) {
            return RtasStatus.PARAM_ERROR;
        }
        int pageShift = args[3];
        int windowShift = args[4];
        if (pageShift < 0 || pageShift >= Long.SIZE || (phb.config().pageSizes() >>> pageShift & 1) == 0
                || Integer.compareUnsigned(windowShift, pageShift) < 0) {
            return RtasStatus.PARAM_ERROR;
        }
        int fault = createFaults.statusFor(phb.config().buid(), phb.nextCreateAttempt());
        if (fault != RtasStatus.SUCCESS) {
            return fault;
        }
        phb.createAttemptsDone();
        long entriesMax = Math.min(rules.createEntriesMax(), TceTable.ENTRIES_MAX);
        int orderMax = Long.SIZE - 1 - Long.numberOfLeadingZeros(entriesMax);
        if (phb.windowsAvailable() == 0 || Integer.compareUnsigned(windowShift - pageShift, orderMax) > 0) {
            return RtasStatus.HW_ERROR;
        }
        TceTable table = phb.createWindow(pageShift, 1L << windowShift - pageShift);
        if (table == null) {
            return RtasStatus.HW_ERROR;
        }
        rets[1] = (int) table.liobn();
        rets[2] = (int) (table.base() >>> Integer.SIZE);
        rets[3] = (int) table.base();
        return RtasStatus.SUCCESS;
    }

    int remove(int[] args, int[] rets) {
        if (args.length != 1 || rets.length != 1) {
            return RtasStatus.PARAM_ERROR;
        }
        TceTable table = hypervisor.window(Integer.toUnsignedLong(args[0]));
        Phb phb = table == null ? null : hypervisor.phbOf(table);
        if (phb == null || !phb.config().ddwOffered()) {
            return RtasStatus.PARAM_ERROR;
        }
        if (rules.removeRefusedWhileLive() && table.liveEntries() > 0) {
            return RtasStatus.HW_ERROR;
        }
        phb.removeWindow(table);
        return RtasStatus.SUCCESS;
    }

    int reset(int[] args, int[] rets) {
        boolean modeGiven = args.length == 4;
        if (!rules.resetOffered() || !(args.length == 3 || modeGiven && rules.limitedAddressMode()) || rets.length != 1) {
            return RtasStatus.PARAM_ERROR;
        }
        Phb phb = find(args);
        if (phb == null || modeGiven && (args[3] & ~1) != 0) {
            return RtasStatus.PARAM_ERROR;
        }
        phb.resetWindows(modeGiven && args[3] == 1);
        return RtasStatus.SUCCESS;
    }

    /** The bridge a call names, if it is there and offers the calls. */
    private Phb find(int[] args) {
        long buid = Integer.toUnsignedLong(args[BUID_HI]) << Integer.SIZE | Integer.toUnsignedLong(args[BUID_LO]);
        Phb phb = hypervisor.phb(buid);
        return phb != null && phb.config().ddwOffered() ? phb : null;
    }
}
