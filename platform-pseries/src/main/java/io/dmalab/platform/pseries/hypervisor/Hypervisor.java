package io.dmalab.platform.pseries.hypervisor;

import java.util.ArrayList;
import java.util.List;

/**
 * The hypervisor of one partition as its guest and the outside see it: TCE hypercalls, window and connector RTAS calls, host
 * bridges, virtual I/O windows. Which hypervisor it is, its {@link HypervisorProfile} says.
 *
 * <p>Owned by one machine and not thread-safe. It takes no time and emits no events: its caller adds both.
 */
public final class Hypervisor {
    private final HypervisorProfile profile;
    private final TceHcalls tce;
    private final LiobnPool liobns;
    private final DdwRtas ddw;
    private final DrcConnectors connectors;
    private final DrcRtas drc;
    private final LongTable<Phb> phbs = new LongTable<>();
    private final List<TceTable> lingering = new ArrayList<>();

    public Hypervisor(HypervisorProfile profile, PartitionMemory memory) {
        this.profile = profile;
        this.tce = new TceHcalls(profile.tce(), memory);
        this.liobns = new LiobnPool(profile.ddw(), tce);
        this.ddw = new DdwRtas(this);
        this.connectors = new DrcConnectors(this);
        this.drc = new DrcRtas(connectors);
    }

    public HypervisorProfile profile() {
        return profile;
    }

    /** The TCE hypercalls. */
    public TceHcalls tce() {
        return tce;
    }

    public DrcConnectors connectors() {
        return connectors;
    }

    public void setCreateFaults(CreateFaultPolicy policy) {
        ddw.setCreateFaults(policy);
    }

    /** From now on asked at each well-formed call that stores entries; null for none. */
    public void setTceFaults(TceFaultPolicy policy) {
        tce.setFaults(policy);
    }

    /** Adds a bridge with its default window, empty. */
    public Phb addPhb(PhbConfig config) {
        if (phbs.get(config.buid()) != null) {
            throw new IllegalArgumentException("PHB " + Long.toHexString(config.buid()) + " is there already");
        }
        Phb phb = new Phb(config, profile.ddw(), tce, liobns);
        phbs.put(config.buid(), phb);
        phb.resetWindows(false);
        return phb;
    }

    /** Takes a bridge away, and the connectors below it; nothing happens if there is none with this unit id. */
    public void removePhb(long buid) {
        Phb phb = phbs.get(buid);
        if (phb == null) {
            return;
        }
        if (profile.ddw().phbWindowsLinger()) {
            lingering.addAll(phb.windows());
        } else {
            phb.closeWindows();
        }
        connectors.removeBelow(buid);
        phbs.remove(buid);
    }

    /** The bridge with this unit id, or null. */
    public Phb phb(long buid) {
        return phbs.get(buid);
    }

    /** Adds the fixed window of a virtual I/O device; no RTAS call can remove it. */
    public TceTable addVioWindow(long liobn, long base, long bytes, int pageShift) {
        TceTable table = new TceTable(liobn, base, pageShift, bytes >>> pageShift, false);
        tce.enable(table);
        return table;
    }

    /** The table that answers to a LIOBN now, or null. */
    public TceTable window(long liobn) {
        return tce.table(liobn);
    }

    /** Makes a window because the outside says it is there (replayed events); {@code phb} as its owner, null for none. */
    public TceTable enableWindow(Phb phb, long liobn, long base, int pageShift, long entries, boolean isDefault) {
        TceTable table = new TceTable(liobn, base, pageShift, entries, isDefault);
        if (phb == null) {
            tce.enable(table);
        } else {
            phb.adopt(table);
        }
        return table;
    }

    /** Takes a window away because the outside says it went: also the last of a lingering bridge's windows. */
    public void disableWindow(long liobn) {
        TceTable table = tce.table(liobn);
        Phb phb = table == null ? null : phbOf(table);
        if (phb != null) {
            phb.forget(liobn);
        } else {
            tce.disable(liobn);
        }
    }

    /** Closes the windows of bridges that went before ({@code phbWindowsLinger}). */
    public void reapLingeringWindows() {
        for (TceTable table : lingering) {
            if (tce.table(table.liobn()) == table) {
                tce.disable(table.liobn());
            }
        }
        lingering.clear();
    }

    /** An RTAS call that needs no work area. */
    public long rtas(RtasCall call, int[] args, int[] rets) {
        return rtas(call.token(), args, rets, null);
    }

    /**
     * An H_RTAS call. Counts of inputs and outputs are the arrays' lengths; {@code rets[0]} gets the status and the others stay as
     * they were unless the call writes them.
     *
     * @param workArea what the address in the arguments of ibm,configure-connector points at; null is a bad address
     * @return the hypercall's code: H_PARAMETER for a token nobody answers, else H_SUCCESS
     */
    public long rtas(int token, int[] args, int[] rets, WorkArea workArea) {
        RtasCall call = RtasCall.ofToken(token);
        int status = call == null ? RtasStatus.PARAM_ERROR : dispatch(call, args, rets, workArea);
        if (rets.length > 0) {
            rets[0] = status;
        }
        return call == null ? Hcall.H_PARAMETER : Hcall.H_SUCCESS;
    }

    private int dispatch(RtasCall call, int[] args, int[] rets, WorkArea workArea) {
        return switch (call) {
            case QUERY_PE_DMA_WINDOW -> ddw.query(args, rets);
            case CREATE_PE_DMA_WINDOW -> ddw.create(args, rets);
            case REMOVE_PE_DMA_WINDOW -> ddw.remove(args, rets);
            case RESET_PE_DMA_WINDOW -> ddw.reset(args, rets);
            case POWER_OFF -> args.length == 2 && rets.length == 1 ? RtasStatus.SUCCESS : RtasStatus.PARAM_ERROR;
            case CHECK_EXCEPTION -> drc.checkException(args, rets);
            case SET_INDICATOR -> drc.setIndicator(args, rets);
            case GET_SENSOR_STATE -> drc.getSensorState(args, rets);
            case SET_POWER_LEVEL -> drc.setPowerLevel(args, rets);
            case GET_POWER_LEVEL -> drc.getPowerLevel(args, rets);
            case CONFIGURE_CONNECTOR -> drc.configureConnector(args, rets, workArea);
        };
    }

    Phb phbOf(TceTable table) {
        for (long buid : phbs.sortedKeys()) {
            Phb phb = phbs.get(buid);
            if (phb.owns(table)) {
                return phb;
            }
        }
        return null;
    }
}
