package io.dmalab.platform.pseries.hypervisor;

import java.util.ArrayList;
import java.util.List;

/**
 * The windows of one host bridge (one partitionable endpoint), after hw/ppc/spapr_pci.c (QEMU 7.2) and LoPAR 2.9 "DMA
 * window" calls; leaves out configuration space, interrupts and EEH.
 */
public final class Phb {
    private final PhbConfig config;
    private final DdwRules rules;
    private final TceHcalls hcalls;
    private final LiobnPool liobns;
    private final List<TceTable> windows = new ArrayList<>();
    private boolean limitedMode;
    private int createAttempts;

    Phb(PhbConfig config, DdwRules rules, TceHcalls hcalls, LiobnPool liobns) {
        this.config = config;
        this.rules = rules;
        this.hcalls = hcalls;
        this.liobns = liobns;
    }

    public PhbConfig config() {
        return config;
    }

    /** The windows that answer now, in the order in which they were made. */
    public List<TceTable> windows() {
        return List.copyOf(windows);
    }

    public int windowsAvailable() {
        return Math.max(0, config.windowsMax() - windows.size());
    }

    public boolean isLimitedMode() {
        return limitedMode;
    }

    /** Valid entries over all windows. */
    public long liveEntries() {
        long live = 0;
        for (TceTable table : windows) {
            live += table.liveEntries();
        }
        return live;
    }

    /** What a device below this bridge gets for a DMA access, {@link TceTable#FAULT} if the bridge would freeze. */
    public long translate(long busAddress, boolean write) {
        for (int i = 0; i < windows.size(); i++) {
            TceTable table = windows.get(i);
            if (table.contains(busAddress)) {
                return table.translate(busAddress, write);
            }
        }
        return TceTable.FAULT;
    }

    /** Removes every window and makes the default one anew, empty. */
    void resetWindows(boolean enterLimitedMode) {
        closeWindows();
        limitedMode = enterLimitedMode;
        open(new TceTable(config.liobns().get(0), config.defaultBase(), config.defaultPageShift(),
            config.defaultBytes() >>> config.defaultPageShift(), true));
    }

    void closeWindows() {
        for (TceTable table : List.copyOf(windows)) {
            close(table);
        }
    }

    /** Makes a window, or returns null when no number is left. */
    TceTable createWindow(int pageShift, long entries) {
        long liobn = liobns.take(config);
        if (liobn < 0) {
            return null;
        }
        TceTable table = new TceTable(liobn, createBase(), pageShift, entries, false);
        open(table);
        return table;
    }

    /** Removes a window; the default one comes back with the last created one where the profile says so. */
    void removeWindow(TceTable table) {
        close(table);
        boolean wasDefault = rules.defaultKnownByLiobn()
            ? table.liobn() == config.liobns().get(0) : table.isDefaultWindow();
        if (windows.isEmpty() && !wasDefault && rules.restoresDefaultWithLast()) {
            resetWindows(false);
        }
    }

    boolean owns(TceTable table) {
        return windows.contains(table);
    }

    /** Makes a window that the outside says is there, in place of any with the same number. */
    void adopt(TceTable table) {
        windows.removeIf(window -> window.liobn() == table.liobn());
        open(table);
    }

    void forget(long liobn) {
        windows.removeIf(window -> window.liobn() == liobn);
        hcalls.disable(liobn);
    }

    int nextCreateAttempt() {
        return createAttempts++;
    }

    void createAttemptsDone() {
        createAttempts = 0;
    }

    private long createBase() {
        if (limitedMode) {
            return rules.limitedModeBase();
        }
        return windows.isEmpty() && rules.firstWindowAtDefaultBase() ? config.defaultBase() : config.ddwBase();
    }

    private void open(TceTable table) {
        table.owner(this);
        windows.add(table);
        hcalls.enable(table);
    }

    private void close(TceTable table) {
        windows.remove(table);
        hcalls.disable(table.liobn());
        liobns.free(table);
    }
}
