package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hvcall.Rtas;
import io.dmalab.platform.pseries.hypervisor.Phb;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import io.dmalab.platform.pseries.hypervisor.TceTable;
import io.dmalab.platform.pseries.window.DmaWinList;
import jakarta.inject.Inject;
import java.util.List;

/**
 * What drmgr asks of firmware through librtas (powerpc-utils 1.3.13, src/drmgr/common.c, common_pci.c; facts: dlpar-and-notifiers.md 2).
 * Task context; a busy answer is tried again.
 */
@MachineScoped
public final class DrcRelease {
    private static final int ISOLATION_STATE = 9001;
    private static final int DR_INDICATOR = 9002;
    private static final int ALLOCATION_STATE = 9003;
    private static final int ISOLATE = 0;
    private static final int UNISOLATE = 1;
    private static final int UNUSABLE = 0;
    private static final int INACTIVE = 0;
    private static final int LIVE_INSERTION_DOMAIN = -1;
    private static final int POWER_OFF = 0;
    private static final int ISOLATE_RETRIES = 20;
    private static final long RETRY_MS = 1000;

    private final Kernel kernel;
    private final Firmware firmware;
    private final Rtas rtas;
    private final DmaWinList windows;
    private final Counter dropped;

    @Inject
    public DrcRelease(Kernel kernel, Firmware firmware, Rtas rtas, DmaWinList windows) {
        this.kernel = kernel;
        this.firmware = firmware;
        this.rtas = rtas;
        this.windows = windows;
        this.dropped = kernel.metrics().counter(Metrics.DROPPED_TCES);
    }

    /** Isolates a connector. @return the RTAS status */
    int isolate(int drcIndex, long buid) {
        return countingDropped(buid, () -> setIndicator(ISOLATION_STATE, drcIndex, ISOLATE));
    }

    /**
     * Isolates a bridge's or slot's connector and gives it back; a refused isolation is tried again, 20 times a second apart, where {@code
     * retry}.
     */
    int release(int drcIndex, long buid, boolean retry) {
        int status = isolate(drcIndex, buid);
        for (int i = 0; status != RtasStatus.SUCCESS && retry && i < ISOLATE_RETRIES; i++) {
            kernel.sched().msleep(RETRY_MS);
            status = isolate(drcIndex, buid);
        }
        return status == RtasStatus.SUCCESS ? unusable(drcIndex, buid) : status;
    }

    /** Gives an isolated connector back; if that fails it is taken again. */
    private int unusable(int drcIndex, long buid) {
        int status = countingDropped(buid, () -> setIndicator(ALLOCATION_STATE, drcIndex, UNUSABLE));
        if (status != RtasStatus.SUCCESS) {
            setIndicator(ISOLATION_STATE, drcIndex, UNISOLATE);
        }
        return status;
    }

    void ledOff(int drcIndex) {
        setIndicator(DR_INDICATOR, drcIndex, INACTIVE);
    }

    void powerOff() {
        int[] rets = new int[2];
        rtas.call(RtasCall.SET_POWER_LEVEL, rets, LIVE_INSERTION_DOMAIN, POWER_OFF);
    }

    private int setIndicator(int indicator, int drcIndex, int value) {
        int status;
        do {
            status = rtas.call(RtasCall.SET_INDICATOR, indicator, drcIndex, value);
        } while (rtas.busyDelay(status));
        return status;
    }

    private interface Call {
        int make();
    }

    /**
     * Firmware may take an endpoint's windows away by this, with what is still valid in them; entries of directly mapped memory are no
     * mappings.
     */
    private int countingDropped(long buid, Call call) {
        Phb phb = firmware.hypervisor().phb(buid);
        List<TceTable> before = phb == null ? List.of() : phb.windows();
        int status = call.make();
        for (TceTable window : before) {
            boolean direct = windows.all().stream().anyMatch(w -> w.direct() && w.record().liobn() == window.liobn());
            if (firmware.hypervisor().window(window.liobn()) != window && !direct) {
                dropped.add(window.liveEntries());
            }
        }
        return status;
    }
}
