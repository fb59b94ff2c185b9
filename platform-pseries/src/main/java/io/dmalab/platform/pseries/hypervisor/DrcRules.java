package io.dmalab.platform.pseries.hypervisor;

/**
 * Connector behaviour where platforms differ (facts/dlpar-and-notifiers.md section 2).
 *
 * @param isolateRestoresWindows isolating a PE removes its created windows and restores the default one (LoPAR)
 * @param isolateRefusedWhileLive isolating a PE answers -9001 while a window of it has valid entries
 * @param multiLevelChecked isolating a host bridge answers -9000 while a connector below it is not isolated
 * @param unusableClosesWindows a PE set to unusable answers no hypercall until it is usable again
 * @param unplugRequestGates a memory block is isolated only after the outside asked for it (QEMU: hardware error)
 */
public record DrcRules(boolean isolateRestoresWindows, boolean isolateRefusedWhileLive, boolean multiLevelChecked,
        boolean unusableClosesWindows, boolean unplugRequestGates) {

    /** QEMU 7.2, hw/ppc/spapr_drc.c. */
    static final DrcRules QEMU = new DrcRules(false, false, false, false, true);

    /** LoPAR 2.9; that an unusable PE's windows no longer answer is derived, not documented. */
    static final DrcRules PHYP = new DrcRules(true, false, true, true, false);

    public DrcRules withIsolateRestoresWindows(boolean value) {
        return new DrcRules(value, isolateRefusedWhileLive, multiLevelChecked, unusableClosesWindows, unplugRequestGates);
    }

    public DrcRules withIsolateRefusedWhileLive(boolean value) {
        return new DrcRules(isolateRestoresWindows, value, multiLevelChecked, unusableClosesWindows, unplugRequestGates);
    }

    public DrcRules withMultiLevelChecked(boolean value) {
        return new DrcRules(isolateRestoresWindows, isolateRefusedWhileLive, value, unusableClosesWindows, unplugRequestGates);
    }

    public DrcRules withUnusableClosesWindows(boolean value) {
        return new DrcRules(isolateRestoresWindows, isolateRefusedWhileLive, multiLevelChecked, value, unplugRequestGates);
    }

    public DrcRules withUnplugRequestGates(boolean value) {
        return new DrcRules(isolateRestoresWindows, isolateRefusedWhileLive, multiLevelChecked, unusableClosesWindows, value);
    }
}
