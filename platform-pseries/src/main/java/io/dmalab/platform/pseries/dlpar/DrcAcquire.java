package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.MachineScoped;
import io.dmalab.platform.pseries.hvcall.Rtas;
import io.dmalab.platform.pseries.hypervisor.RtasCall;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import io.dmalab.platform.pseries.hypervisor.WorkArea;
import jakarta.inject.Inject;

/**
 * Taking a connector's resource: dlpar_acquire_drc() and dlpar_configure_connector() of arch/powerpc/platforms/pseries/dlpar.c (v6.12), and
 * what drmgr (powerpc-utils 1.3.13, src/drmgr/common_pci.c) does for functions (facts: dlpar-and-notifiers.md 2; order as recorded). Task
 * context. Left out: what becomes of the fragment, and taking back after an error.
 */
@MachineScoped
public final class DrcAcquire {
    private static final int ISOLATION_STATE = 9001;
    private static final int DR_INDICATOR = 9002;
    private static final int ALLOCATION_STATE = 9003;
    private static final int LIVE_INSERTION_DOMAIN = -1;
    private static final int POWER_ON = 100;

    private final Rtas rtas;
    private final DrcRelease release;

    @Inject
    public DrcAcquire(Rtas rtas, DrcRelease release) {
        this.rtas = rtas;
        this.release = release;
    }

    /** A bridge, a block of memory or a processor: sensed, usable, unisolated, configured. @return the last call's status */
    public int acquire(int drcIndex) {
        release.sense(drcIndex);
        int status = setIndicator(ALLOCATION_STATE, drcIndex, 1);
        if (status == RtasStatus.SUCCESS) {
            status = setIndicator(ISOLATION_STATE, drcIndex, 1);
        }
        return status == RtasStatus.SUCCESS ? configure(drcIndex) : status;
    }

    /** A function below a bridge that was acquired: powered on, unisolated, configured. @return the last call's status */
    public int powerOn(int drcIndex) {
        release.sense(drcIndex);
        setPower(POWER_ON);
        int status = setIndicator(ISOLATION_STATE, drcIndex, 1);
        return status == RtasStatus.SUCCESS ? configure(drcIndex) : status;
    }

    /** {@code -c pci -a}: the slot is made safe first, with its light on. @return the last call's status */
    public int plug(int drcIndex) {
        setIndicator(ISOLATION_STATE, drcIndex, 0);
        setPower(0);
        setIndicator(DR_INDICATOR, drcIndex, 1);
        int status = powerOn(drcIndex);
        release.sense(drcIndex);
        return status;
    }

    /** The connector's fragment of the device tree, one node or property a call. */
    private int configure(int drcIndex) {
        WorkArea area = new WorkArea(drcIndex);
        int status = rtas.configureConnector(area);
        while (status > RtasStatus.SUCCESS && !RtasStatus.isBusy(status)) {
            status = rtas.configureConnector(area);
        }
        return status;
    }

    private int setIndicator(int indicator, int drcIndex, int value) {
        int status;
        do {
            status = rtas.call(RtasCall.SET_INDICATOR, indicator, drcIndex, value);
        } while (rtas.busyDelay(status));
        return status;
    }

    private void setPower(int level) {
        rtas.call(RtasCall.SET_POWER_LEVEL, new int[2], LIVE_INSERTION_DOMAIN, level);
    }
}
