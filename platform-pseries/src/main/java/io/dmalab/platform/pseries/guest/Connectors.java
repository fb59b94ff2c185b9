package io.dmalab.platform.pseries.guest;

import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ALLOCATION_STATE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.DR_ENTITY_SENSE;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.DR_INDICATOR;
import static io.dmalab.platform.pseries.hypervisor.DrcTokens.ISOLATION_STATE;

import io.dmalab.api.MachineScoped;
import io.dmalab.platform.pseries.dlpar.DrcAcquire;
import io.dmalab.platform.pseries.dlpar.DrcRelease;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hypervisor.Connector;
import io.dmalab.platform.pseries.hypervisor.DrcConnectors;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import io.dmalab.platform.pseries.hypervisor.QemuMachine;
import io.dmalab.platform.pseries.recording.RecordedCall;
import jakarta.inject.Inject;
import java.util.function.IntConsumer;

/** Dynamic reconfiguration: what the platform did from outside, and the connector calls of kernel and drmgr, by sequences of them. */
@MachineScoped
public final class Connectors {
    private static final String SENSE = "get-sensor-state";

    private final Firmware firmware;
    private final GuestMachine machine;
    private final DrcRelease release;
    private final DrcAcquire acquire;
    private Recording recording;
    private Tally tally;
    private Comparison comparison;

    @Inject
    Connectors(Firmware firmware, GuestMachine machine, DrcRelease release, DrcAcquire acquire) {
        this.firmware = firmware;
        this.machine = machine;
        this.release = release;
        this.acquire = acquire;
    }

    void start(Recording newRecording, Tally newTally, Comparison newComparison) {
        recording = newRecording;
        tally = newTally;
        comparison = newComparison;
    }

    /** Something that came from outside the guest. */
    void event(RecordedCall line) {
        Hypervisor hypervisor = firmware.hypervisor();
        DrcConnectors drcs = hypervisor.connectors();
        int drc = line.connector();
        switch (line.operation()) {
            case "EV_DRC_ATTACH" -> {
                if (drcs.find(drc) != null) {
                    drcs.attach(drc, machine.recorded().device(drc, drcs));
                }
            }
            case "EV_DRC_UNPLUG_REQUEST" -> {
                if (drcs.find(drc) != null) {
                    drcs.requestUnplug(drc);
                }
            }
            case "EV_PHB_GONE" -> hypervisor.removePhb(line.buid());
            case "EV_PHB_NEW" -> machine.recorded().bridge(line.buid()).ifPresent(phb -> QemuMachine.addBridge(hypervisor, phb));
            case "EV_WINDOW_DISABLE" -> hypervisor.disableWindow(line.liobn());
            default -> { }
        }
    }

    /** The next call is a connector's, or another one that has nothing to do with windows. */
    void call(RecordedCall first) {
        RecordedCall second = recording.peekCallAfter(first);
        RecordedCall third = second == null ? null : recording.peekCallAfter(second);
        int drc = (int) first.arg(1);
        Connector connector = firmware.hypervisor().connectors().find(drc);
        if (connector == null || second == null || third == null) {
            carryOut(first);
        } else if (isSense(first, drc)) {
            sensed(first, second, third, drc);
        } else if (indicates(first, DR_INDICATOR, drc, 1) && isSense(second, drc)) {
            make("unplug", drc, release::beginUnplug);
        } else if (indicates(first, ISOLATION_STATE, drc, 0) && second.call().equals("set-power-level")
                && indicates(third, DR_INDICATOR, drc, 1)) {
            make("plug", drc, acquire::plug);
            machine.addFunction(drc);
        } else {
            carryOut(first);
        }
    }

    private void sensed(RecordedCall first, RecordedCall second, RecordedCall third, int drc) {
        long buid = buid(drc);
        if (isSense(second, drc) && indicates(third, DR_INDICATOR, drc, 0)) {
            machine.removeFunction(drc);
            make("removal", drc, d -> release.releaseFunction(d, buid));
        } else if (indicates(second, ISOLATION_STATE, drc, 0)) {
            released(drc, buid);
        } else if (indicates(second, ALLOCATION_STATE, drc, 1)) {
            make("plug", drc, acquire::acquire);
        } else if (second.call().equals("set-power-level") && indicates(third, ISOLATION_STATE, drc, 1)) {
            make("plug", drc, acquire::powerOn);
        } else {
            carryOut(first);
        }
    }

    private void released(int drc, long buid) {
        switch (drc >>> 28) {
            case 2 -> make("removal", drc, d -> release.release(d, buid, true));
            case 4 -> {
                machine.removeFunction(drc);
                make("unplug", drc, d -> release.unplug(d, buid));
            }
            default -> make("memory", drc, release::releaseByKernel);
        }
    }

    private void make(String phase, int drc, IntConsumer sequence) {
        comparison.phase(phase, () -> "connector 0x" + Integer.toHexString(drc));
        tally.choice("connector that is taken or given back");
        sequence.accept(drc);
    }

    private long buid(int drc) {
        int index = drc >>> 28 == 2 ? drc & 0xfff_ffff : drc >>> 16 & 0xfff;
        return machine.recorded().bridgeOfIndex(index).map(PhbConfig::buid).orElse(0L);
    }

    private void carryOut(RecordedCall line) {
        recording.take(line);
        tally.carriedOut(line.call().startsWith("get-") ? "drmgr's list of all connectors" : "RTAS calls of others (" + line.call() + ")");
        machine.carryOut(line);
    }

    private static boolean isSense(RecordedCall line, int drc) {
        return line.call().equals(SENSE) && line.arg(0) == DR_ENTITY_SENSE && (int) line.arg(1) == drc;
    }

    private static boolean indicates(RecordedCall line, int indicator, int drc, int value) {
        return line.call().equals("set-indicator") && line.arg(0) == indicator && (int) line.arg(1) == drc && line.arg(2) == value;
    }
}
