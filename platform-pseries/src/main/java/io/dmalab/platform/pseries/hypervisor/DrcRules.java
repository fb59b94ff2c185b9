package io.dmalab.platform.pseries.hypervisor;

import io.dmalab.api.profile.Meaning;

/** Connector behaviour where platforms differ (facts/dlpar-and-notifiers.md section 2). */
public record DrcRules(
        @Meaning("isolating a PE removes its created windows and restores the default one (LoPAR)")
        boolean isolateRestoresWindows,
        @Meaning("isolating a PE answers -9001 while a window of it has valid entries")
        boolean isolateRefusedWhileLive,
        @Meaning("isolating a host bridge answers -9000 while a connector below it is not isolated")
        boolean multiLevelChecked,
        @Meaning("a PE set to unusable answers no hypercall until it is usable again")
        boolean unusableClosesWindows,
        @Meaning("a memory block is isolated only after the outside asked for it (QEMU: hardware error)")
        boolean unplugRequestGates) {

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
