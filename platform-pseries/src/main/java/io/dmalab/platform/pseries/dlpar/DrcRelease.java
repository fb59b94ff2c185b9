package io.dmalab.platform.pseries.dlpar;

import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ALLOCATION_STATE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.DR_ENTITY_SENSE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.DR_INDICATOR;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ISOLATION_STATE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.LIVE_INSERTION_DOMAIN;

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
    private static final int ISOLATE = 0;
    private static final int UNISOLATE = 1;
    private static final int UNUSABLE = 0;
    private static final int INACTIVE = 0;
    private static final int ACTIVE = 1;
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

    /** dr_entity_sense(): what is in a connector; drmgr and the kernel only log what they did not expect. */
    public int sense(int drcIndex) {
        int[] rets = new int[2];
        rtas.call(RtasCall.GET_SENSOR_STATE, rets, DR_ENTITY_SENSE, drcIndex);
        return rets[1];
    }

    /** A hot-plug function of a bridge or slot that is being removed, whose nodes are gone. @return the RTAS status of its isolation */
    public int releaseFunction(int drcIndex, long buid) {
        sense(drcIndex);
        sense(drcIndex);
        ledOff(drcIndex);
        int status = isolate(drcIndex, buid);
        if (status == RtasStatus.SUCCESS) {
            setPower(POWER_OFF);
        }
        return status;
    }

    /** {@code -c pci -r} begins: the slot's light goes on. */
    public void beginUnplug(int drcIndex) {
        setIndicator(DR_INDICATOR, drcIndex, ACTIVE);
        sense(drcIndex);
    }

    /** {@code -c pci -r} ends: nodes and devices are gone. @return the RTAS status of the isolation */
    public int unplug(int drcIndex, long buid) {
        sense(drcIndex);
        int status = isolate(drcIndex, buid);
        if (status == RtasStatus.SUCCESS) {
            setPower(POWER_OFF);
        }
        return status;
    }

    /** dlpar_release_drc() of the kernel (platforms/pseries/dlpar.c, v6.12), which memory and processors are released by. */
    public int releaseByKernel(int drcIndex) {
        sense(drcIndex);
        int status = isolate(drcIndex, 0);
        return status == RtasStatus.SUCCESS ? unusable(drcIndex, 0) : status;
    }

    /** Isolates a connector. @return the RTAS status */
    int isolate(int drcIndex, long buid) {
        return countingDropped(buid, () -> setIndicator(ISOLATION_STATE, drcIndex, ISOLATE));
    }

    /** Isolates a connector; a refusal is tried again, 20 times a second apart, where {@code retry}. @return the last RTAS status */
    int isolate(int drcIndex, long buid, boolean retry) {
        int status = isolate(drcIndex, buid);
        for (int i = 0; status != RtasStatus.SUCCESS && retry && i < ISOLATE_RETRIES; i++) {
            kernel.sched().msleep(RETRY_MS);
            status = isolate(drcIndex, buid);
        }
        return status;
    }

    /**
     * Isolates a bridge's or slot's connector and gives it back; a refused isolation is tried again, 20 times a second apart, where {@code
     * retry}.
     */
    public int release(int drcIndex, long buid, boolean retry) {
        sense(drcIndex);
        int status = isolate(drcIndex, buid, retry);
        if (status != RtasStatus.SUCCESS) {
            return status;
        }
        status = unusable(drcIndex, buid);
        sense(drcIndex);
        return status;
    }

    /** Gives an isolated connector back; if that fails it is taken again. */
    private int unusable(int drcIndex, long buid) {
        int status = countingDropped(buid, () -> setIndicator(ALLOCATION_STATE, drcIndex, UNUSABLE));
        if (status != RtasStatus.SUCCESS) {
            setIndicator(ISOLATION_STATE, drcIndex, UNISOLATE);
        }
        return status;
    }

    private void ledOff(int drcIndex) {
        setIndicator(DR_INDICATOR, drcIndex, INACTIVE);
    }

    void setPower(int level) {
        rtas.call(RtasCall.SET_POWER_LEVEL, new int[2], LIVE_INSERTION_DOMAIN, level);
    }

    /** set-indicator, again while firmware is busy. @return the RTAS status */
    int setIndicator(int indicator, int drcIndex, int value) {
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
