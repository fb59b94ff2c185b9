package io.dmalab.platform.pseries.hypervisor;

import io.dmalab.platform.pseries.hypervisor.Connector.State;
import io.dmalab.platform.pseries.hypervisor.Connector.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** All connectors of a machine and the moves between their states, after hw/ppc/spapr_drc.c (QEMU 7.2) and LoPAR 2.9. */
public final class DrcConnectors {
    private static final long INDEX_MASK = 0xffff_ffffL;
    private static final int SLOTS_PER_BUS = 256;
    private static final int BUS_SHIFT = 16;
    private static final int SLOT_BITS = 8;
    private static final int BUS_MASK = 0xff;

    private final Hypervisor hypervisor;
    private final DrcRules rules;
    private final LongTable<Connector> connectors = new LongTable<>();
    private int events;
    private boolean toldOfMemory;

    DrcConnectors(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
        this.rules = hypervisor.profile().drc();
    }

    /** Registers an empty connector. @param buid bridge it is or lies below, else 0 */
    public Connector add(int index, Type type, long buid) {
        Connector connector = new Connector(index, type, buid);
        connectors.put(index & INDEX_MASK, connector);
        return connector;
    }

    /** Registers the 256 function connectors of a bridge's bus, numbered as QEMU does. */
    public void addPciBus(int phbIndex, long buid) {
        for (int devfn = 0; devfn < SLOTS_PER_BUS; devfn++) {
            add(Type.PCI.index(phbIndex << BUS_SHIFT | devfn), Type.PCI, buid);
        }
    }

    /** The connector with this index, or null. */
    public Connector find(int index) {
        return connectors.get(index & INDEX_MASK);
    }

    /** A device present since before the partition started. */
    public void attachCold(int index, Supplier<ConnectorNode> node) {
        known(index).attachCold(node);
    }

    /** A device plugged in from outside; the partition still has to take it. */
    public void attach(int index, Supplier<ConnectorNode> node) {
        Connector connector = known(index);
        connector.attach(node);
        tell(connector);
    }

    /** The outside (HMC, QEMU monitor) asks for a connector's device; it goes once the partition has let go. */
    public void requestUnplug(int index) {
        Connector connector = known(index);
        connector.setUnplugRequested(true);
        tell(connector);
        if (connector.state() == connector.emptyState()) {
            release(connector);
        }
    }

    /** The partition is told by an event that check-exception fetches; blocks of memory that move together are one event. */
    private void tell(Connector connector) {
        boolean memory = connector.type() == Type.LMB;
        events += memory && toldOfMemory ? 0 : 1;
        toldOfMemory = memory;
    }

    /** Takes an event that waits. False if none does. */
    boolean takeEvent() {
        boolean waits = events > 0;
        events -= waits ? 1 : 0;
        toldOfMemory = false;
        return waits;
    }

    /** Devices on a host bridge's own bus, in the order of their connectors; those behind a bridge there are in its node. */
    public List<ConnectorNode> childNodes(long buid) {
        List<ConnectorNode> nodes = new ArrayList<>();
        for (Connector connector : below(buid)) {
            ConnectorNode node = (connector.index() >>> SLOT_BITS & BUS_MASK) == 0 ? connector.describe() : null;
            if (node != null) {
                nodes.add(node);
            }
        }
        return nodes;
    }

    int isolate(Connector connector) {
        switch (connector.state()) {
            case UNISOLATED:
                return RtasStatus.PARAM_ERROR;
            case AVAILABLE, UNUSABLE:
                return RtasStatus.SUCCESS;
            case CONFIGURED:
                break;
        }
        int refusal = isolationRefusal(connector);
        if (refusal != RtasStatus.SUCCESS) {
            return refusal;
        }
        connector.setState(State.AVAILABLE);
        Phb phb = endpoint(connector);
        if (phb != null && rules.isolateRestoresWindows()) {
            phb.resetWindows(false);
        }
        if (!connector.type().isLogical() && connector.isUnplugRequested()) {
            release(connector);
        }
        return RtasStatus.SUCCESS;
    }

    int unisolate(Connector connector) {
        switch (connector.state()) {
            case UNISOLATED, CONFIGURED:
                // A logical connector taken back while its removal is asked for: the partition refuses.
                if (connector.type().isLogical()) {
                    connector.setUnplugRequested(false);
                }
                return RtasStatus.SUCCESS;
            case UNUSABLE:
                return RtasStatus.PARAM_ERROR;
            case AVAILABLE:
                break;
        }
        if (!connector.isPresent()) {
            return RtasStatus.PARAM_ERROR;
        }
        connector.setState(State.UNISOLATED);
        connector.restartDescription();
        return RtasStatus.SUCCESS;
    }

    int setUsable(Connector connector) {
        if (connector.state() != State.UNUSABLE) {
            return RtasStatus.SUCCESS;
        }
        if (!connector.isPresent() || connector.isUnplugRequested()) {
            return RtasStatus.PARAM_ERROR;
        }
        connector.setState(State.AVAILABLE);
        Phb phb = endpoint(connector);
        if (phb != null && rules.unusableClosesWindows()) {
            phb.resetWindows(false);
        }
        return RtasStatus.SUCCESS;
    }

    int setUnusable(Connector connector) {
        switch (connector.state()) {
            case UNUSABLE:
                return RtasStatus.SUCCESS;
            case UNISOLATED, CONFIGURED:
                return RtasStatus.PARAM_ERROR;
            case AVAILABLE:
                break;
        }
        connector.setState(State.UNUSABLE);
        Phb phb = endpoint(connector);
        if (phb != null && rules.unusableClosesWindows()) {
            phb.closeWindows();
        }
        if (connector.isUnplugRequested()) {
            release(connector);
        }
        return RtasStatus.SUCCESS;
    }

    /** The connectors below a bridge that went are gone with it. */
    void removeBelow(long buid) {
        for (Connector connector : below(buid)) {
            connectors.remove(connector.index() & INDEX_MASK);
        }
    }

    private int isolationRefusal(Connector connector) {
        if (connector.type() == Type.LMB && rules.unplugRequestGates() && !connector.isUnplugRequested()) {
            return RtasStatus.HW_ERROR;
        }
        Phb phb = endpoint(connector);
        if (phb == null) {
            return RtasStatus.SUCCESS;
        }
        if (rules.multiLevelChecked()) {
            for (Connector child : below(connector.buid())) {
                if (child.isPresent() && !child.isIsolated()) {
                    return RtasStatus.MULTI_LEVEL_ISOLATION;
                }
            }
        }
        return rules.isolateRefusedWhileLive() && phb.liveEntries() > 0
            ? RtasStatus.VALID_TRANSLATION : RtasStatus.SUCCESS;
    }

    private void release(Connector connector) {
        connector.detach();
        if (connector.type().isEndpoint()) {
            hypervisor.removePhb(connector.buid());
        }
    }

    private Phb endpoint(Connector connector) {
        return connector.type().isEndpoint() ? hypervisor.phb(connector.buid()) : null;
    }

    private List<Connector> below(long buid) {
        List<Connector> below = new ArrayList<>();
        for (long index : connectors.sortedKeys()) {
            Connector connector = connectors.get(index);
            if (connector.type() == Type.PCI && connector.buid() == buid) {
                below.add(connector);
            }
        }
        return below;
    }

    private Connector known(int index) {
        Connector connector = find(index);
        if (connector == null) {
            throw new IllegalArgumentException("no connector 0x" + Integer.toHexString(index) + "; add it first");
        }
        return connector;
    }
}
