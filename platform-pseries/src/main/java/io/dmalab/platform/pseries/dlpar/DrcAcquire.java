package io.dmalab.platform.pseries.dlpar;

import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ALLOCATION_STATE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.DR_INDICATOR;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ISOLATION_STATE;

import io.dmalab.api.MachineScoped;
import io.dmalab.platform.pseries.hvcall.Rtas;
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
        int status = release.setIndicator(ALLOCATION_STATE, drcIndex, 1);
        if (status == RtasStatus.SUCCESS) {
            status = release.setIndicator(ISOLATION_STATE, drcIndex, 1);
        }
        return status == RtasStatus.SUCCESS ? configure(drcIndex) : status;
    }

    /** A function below a bridge that was acquired: powered on, unisolated, configured. @return the last call's status */
    public int powerOn(int drcIndex) {
        release.sense(drcIndex);
        release.setPower(POWER_ON);
        int status = release.setIndicator(ISOLATION_STATE, drcIndex, 1);
        return status == RtasStatus.SUCCESS ? configure(drcIndex) : status;
    }

    /** {@code -c pci -a}: the slot is made safe first, with its light on. @return the last call's status */
    public int plug(int drcIndex) {
        release.setIndicator(ISOLATION_STATE, drcIndex, 0);
        release.setPower(0);
        release.setIndicator(DR_INDICATOR, drcIndex, 1);
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
}
