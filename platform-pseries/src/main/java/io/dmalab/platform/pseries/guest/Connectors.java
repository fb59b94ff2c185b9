package io.dmalab.platform.pseries.guest;

import io.dmalab.api.MachineScoped;
import io.dmalab.platform.pseries.hvcall.Firmware;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode;
import io.dmalab.platform.pseries.hypervisor.DrcConnectors;
import io.dmalab.platform.pseries.hypervisor.Hypervisor;
import io.dmalab.platform.pseries.hypervisor.PhbConfig;
import jakarta.inject.Inject;
import java.util.List;

/** What the platform did to the recorded machine from outside, and the connector calls of its guest. */
@MachineScoped
public final class Connectors {
    private final Firmware firmware;
    private final GuestMachine machine;
    private Recording recording;
    private Tally tally;

    @Inject
    Connectors(Firmware firmware, GuestMachine machine) {
        this.firmware = firmware;
        this.machine = machine;
    }

    void start(Recording newRecording, Tally newTally, Comparison newComparison) {
        recording = newRecording;
        tally = newTally;
    }

    /** Something that came from outside the guest. */
    void event(Line line) {
        Hypervisor hypervisor = firmware.hypervisor();
        DrcConnectors drcs = hypervisor.connectors();
        int drc = (int) line.field("drc");
        switch (line.op()) {
            case "EV_DRC_ATTACH" -> {
                if (drcs.find(drc) != null) {
                    drcs.attach(drc, () -> new ConnectorNode("device", List.of(), List.of()));
                }
            }
            case "EV_DRC_UNPLUG_REQUEST" -> {
                if (drcs.find(drc) != null) {
                    drcs.requestUnplug(drc);
                }
            }
            case "EV_PHB_GONE" -> hypervisor.removePhb(line.field("buid"));
            case "EV_PHB_NEW" -> machine.recorded().bridges().stream().filter(phb -> phb.buid() == line.field("buid")).findFirst()
                    .ifPresent(this::add);
            case "EV_WINDOW_DISABLE" -> hypervisor.disableWindow(line.field("liobn"));
            default -> { }
        }
    }

    void add(PhbConfig config) {
        firmware.hypervisor().addPhb(config);
        firmware.hypervisor().connectors().addPciBus(config.index(), config.buid());
    }

    /** A connector call, or another one that has nothing to do with windows. */
    void call(Line line) {
        recording.take(line);
        tally.carriedOut("connector and other RTAS calls (" + line.call() + ")");
        machine.carryOut(line);
    }

    boolean removesWindow(Line line) {
        return false;
    }

    void detach(Line line) {
        throw new IllegalStateException("no removal is known for " + CallText.of(line));
    }
}
