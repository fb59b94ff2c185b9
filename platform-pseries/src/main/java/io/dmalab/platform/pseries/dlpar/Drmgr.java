package io.dmalab.platform.pseries.dlpar;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Mutex;
import io.dmalab.api.policy.RemovalPermit;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hvcall.PlparHcalls;
import io.dmalab.platform.pseries.kernel.PseriesEvents;
import io.dmalab.platform.pseries.hypervisor.Connector;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The removal side of drmgr (powerpc-utils 1.3.13, src/drmgr/drslot_chrp_phb.c, _slot.c, _pci.c; facts: dlpar-and-notifiers.md 3), which
 * runs as the user's process: it goes through the kernel's doors and calls firmware itself. In every sequence the driver lets go long
 * before the node with the window is detached.
 */
@MachineScoped
public final class Drmgr {
    private static final int ENODEV = 19;

    private final Kernel kernel;
    private final Firmware firmware;
    private final PlparHcalls hcalls;
    private final RpaDlpar rpadlpar;
    private final DlparNodes nodes;
    private final DrcRelease drc;
    private final Slots slots;
    /** File lock /var/lock/dr_config_lock: the system drops it when the process ends, however it ends. */
    private final Mutex configLock;
    private long stepNanos;
    private boolean earlyIsolation;
    private boolean givesBack = true;

    @Inject
    public Drmgr(Kernel kernel, Firmware firmware, PlparHcalls hcalls, RpaDlpar rpadlpar, DlparNodes nodes, DrcRelease drc, Slots slots) {
        this.kernel = kernel;
        this.firmware = firmware;
        this.hcalls = hcalls;
        this.rpadlpar = rpadlpar;
        this.nodes = nodes;
        this.drc = drc;
        this.slots = slots;
        this.configLock = kernel.locks().mutex("dr_config_lock");
    }

    /** A step of the removal that did not work. */
    private static final class StepFailed extends Exception {
        private static final long serialVersionUID = 1L;
        final int errno;

        StepFailed(int errno, String why) {
            super(why);
            this.errno = errno;
        }
    }

    /**
     * @param newStepNanos      what each step takes in user space
     * @param newEarlyIsolation firmware isolates before the node is detached
     * @param newGivesBack      a bridge's connector is given back in the end
     */
    public void configure(long newStepNanos, boolean newEarlyIsolation, boolean newGivesBack) {
        stepNanos = newStepNanos;
        earlyIsolation = newEarlyIsolation;
        givesBack = newGivesBack;
    }

    /** {@code drmgr -r}: from taking the lock to the released connector. Task context. */
    public Outcome remove(Device device) {
        configLock.lock();
        try {
            Optional<Outcome> refused = RemovalPermit.ask(kernel, device);
            if (refused.isPresent()) {
                return refused.get();
            }
            Optional<Slot> slot = slots.of(device);
            return slot.isPresent() ? remove(slot.get()) : again(device);
        } finally {
            configLock.unlock();
        }
    }

    /** Runs {@code body} as a drmgr that puts something into a slot: after whatever removal is under way. Task context. */
    public <T> T underLock(Supplier<T> body) {
        configLock.lock();
        try {
            return body.get();
        } finally {
            configLock.unlock();
        }
    }

    private Outcome remove(Slot slot) {
        hcalls.remover(kernel.sched().current());
        try {
            // the HMC has asked for the resource: it is taken as soon as the partition lets go
            firmware.hypervisor().connectors().requestUnplug(slot.drcIndex());
            switch (slot.type()) {
                case PHB -> removePhb(slot);
                case SLOT -> removeSlot(slot);
                default -> removeHotplug(slot);
            }
            slots.remove(slot);
            return new Outcome.Removed();
        } catch (StepFailed failed) {
            return new Outcome.Failed(failed.errno, failed.getMessage());
        } finally {
            hcalls.remover(null);
        }
    }

    /** {@code -c phb}: the node is detached before the connector is isolated. */
    private void removePhb(Slot slot) throws StepFailed {
        powerOffChildren(slot);
        releaseChildren(slot);
        kernelStep(slot, "remove_slot", rpadlpar.removeSlotFile(slot.drcName()));
        if (earlyIsolation) {
            rtasStep(slot.drcIndex(), "isolate", drc.isolate(slot.drcIndex(), slot.buid(), true));
        }
        kernelStep(slot, "dt remove", nodes.remove(slot.drcIndex()));
        if (givesBack) {
            rtasStep(slot.drcIndex(), "release", drc.release(slot.drcIndex(), slot.buid(), true));
        }
    }

    /** {@code -c slot}: the connector is isolated before the node is detached. */
    private void removeSlot(Slot slot) throws StepFailed {
        powerOffChildren(slot);
        releaseChildren(slot);
        kernelStep(slot, "remove_slot", rpadlpar.removeSlotFile(slot.drcName()));
        rtasStep(slot.drcIndex(), "release", drc.release(slot.drcIndex(), slot.buid(), false));
        kernelStep(slot, "dt remove", nodes.remove(slot.drcIndex()));
    }

    /** {@code -c pci -r}: only the function goes; the bridge above keeps its windows and tables. */
    private void removeHotplug(Slot slot) throws StepFailed {
        drc.beginUnplug(slot.drcIndex());
        powerOffChildren(slot);
        kernelStep(slot, "dt remove of the function", nodes.remove(slot.childIndex()));
        rtasStep(slot.childIndex(), "isolate", drc.unplug(slot.childIndex(), slot.buid()));
    }

    private void powerOffChildren(Slot slot) throws StepFailed {
        kernelStep(slot, "power off", rpadlpar.powerOff(slot));
    }

    private void releaseChildren(Slot slot) throws StepFailed {
        kernelStep(slot, "dt remove of the function", nodes.remove(slot.childIndex()));
        rtasStep(slot.childIndex(), "isolate", drc.releaseFunction(slot.childIndex(), slot.buid()));
    }

    /** A device that has been removed before: remove_slot finds nothing, and the nodes of an unknown connector are no error. */
    private Outcome again(Device device) {
        Optional<Slot> former = slots.formerOf(device);
        if (former.isEmpty()) {
            return new Outcome.Failed(ENODEV, "no slot holds " + device.name());
        }
        Slot slot = former.get();
        int rc = slot.type() == Connector.Type.PCI ? -ENODEV : rpadlpar.removeSlotFile(slot.drcName());
        nodes.remove(slot.drcIndex());
        return new Outcome.Failed(-rc, "slot " + slot.drcName() + " is empty");
    }

    private void kernelStep(Slot slot, String step, int rc) throws StepFailed {
        done(slot.drcIndex(), step, rc);
        if (rc != 0) {
            throw new StepFailed(-rc, step + " of slot " + slot.drcName() + " failed with errno " + -rc);
        }
    }

    private void rtasStep(int drcIndex, String step, int status) throws StepFailed {
        done(drcIndex, step, status);
        if (status != RtasStatus.SUCCESS) {
            String why = status == RtasStatus.VALID_TRANSLATION ? ": Valid outstanding translations exist." : "";
            throw new StepFailed(-RtasStatus.toErrno(status),
                    String.format(Locale.ROOT, "Isolation failed for %x with %d%s", drcIndex, status, why));
        }
    }

    private void done(int drcIndex, String step, int status) {
        kernel.trace().emit(PseriesEvents.DRMGR_STEP, drcIndex, kernel.trace().text(step), status);
        if (stepNanos > 0) {
            kernel.sched().sleepNanos(stepNanos);
        }
    }
}
