package io.dmalab.platform.pseries.hypervisor;

import java.util.List;
import java.util.function.Supplier;

/**
 * One dynamic-reconfiguration connector: its states and what moves it, after hw/ppc/spapr_drc.c (QEMU 7.2) and LoPAR 2.9 chapter
 * "Dynamic Reconfiguration"; leaves out the exchange and recover states and power domains.
 */
public final class Connector {
    /** What hangs on a connector. Logical ones have an allocation state, physical ones an indicator light. */
    public enum Type {
        CPU(1, true), PHB(2, true), VIO(3, true), PCI(4, false), LMB(8, true), SLOT(5, true);

        private static final int SHIFT = 28;
        private final int prefix;
        private final boolean logical;

        Type(int prefix, boolean logical) {
            this.prefix = prefix;
            this.logical = logical;
        }

        public boolean isLogical() {
            return logical;
        }

        /** Whether isolating it isolates a PE, and with it the PE's windows. */
        boolean isEndpoint() {
            return this == PHB || this == SLOT;
        }

        /** QEMU's connector index: type in the top four bits. */
        public int index(int id) {
            return prefix << SHIFT | id;
        }
    }

    /** A physical connector is never unusable: isolated it is {@link #AVAILABLE}. */
    public enum State { UNUSABLE, AVAILABLE, UNISOLATED, CONFIGURED }

    public static final int SENSE_EMPTY = 0;
    public static final int SENSE_PRESENT = 1;
    public static final int SENSE_UNUSABLE = 2;

    private final int index;
    private final Type type;
    private final long buid;
    private State state;
    private boolean present;
    private boolean unplugRequested;
    private int indicator;
    private Supplier<ConnectorNode> description;
    private List<ConnectorNode.OpenStep> steps;
    private int cursor;

    Connector(int index, Type type, long buid) {
        this.index = index;
        this.type = type;
        this.buid = buid;
        this.state = emptyState();
    }

    public int index() {
        return index;
    }

    public Type type() {
        return type;
    }

    /** Unit id of the bridge this connector is ({@code PHB}, {@code SLOT}) or lies below ({@code PCI}); else 0. */
    public long buid() {
        return buid;
    }

    public State state() {
        return state;
    }

    public boolean isPresent() {
        return present;
    }

    public boolean isUnplugRequested() {
        return unplugRequested;
    }

    /** Last value of indicator 9002. */
    public int indicator() {
        return indicator;
    }

    public boolean isIsolated() {
        return state == State.AVAILABLE || state == State.UNUSABLE;
    }

    /** Sensor 9003. */
    public int entitySense() {
        if (type.logical) {
            return state == State.UNUSABLE ? SENSE_UNUSABLE : SENSE_PRESENT;
        }
        return present ? SENSE_PRESENT : SENSE_EMPTY;
    }

    /** The device's fragment, null when nothing is plugged in or nobody described it. */
    ConnectorNode describe() {
        return present && description != null ? description.get() : null;
    }

    State emptyState() {
        return type.logical ? State.UNUSABLE : State.AVAILABLE;
    }

    void attach(Supplier<ConnectorNode> node) {
        present = true;
        description = node;
    }

    /** Present since before the partition started: ready for use. */
    void attachCold(Supplier<ConnectorNode> node) {
        attach(node);
        state = State.CONFIGURED;
    }

    void detach() {
        present = false;
        unplugRequested = false;
        description = null;
        steps = null;
        cursor = 0;
    }

    void setState(State newState) {
        state = newState;
    }

    void setIndicator(int value) {
        indicator = value;
    }

    void setUnplugRequested(boolean value) {
        unplugRequested = value;
    }

    void restartDescription() {
        cursor = 0;
    }

    /**
     * Takes from an answer that is known what the fragment leaves open at this place: which optional properties are there, how long they
     * are, what kind of node it is. What is settled stays while the device does; an answer that the fragment does not allow changes nothing.
     */
    public void settle(ConnectorNode.Step answer) {
        if (steps == null && !begin()) {
            return;
        }
        int at = cursor;
        while (at < steps.size() - 1 && steps.get(at).optional() && !steps.get(at).fits(answer)) {
            at++;
        }
        ConnectorNode.OpenStep step = steps.get(at);
        if (step.rest()) {
            if (step.over(answer)) {
                steps.set(at, ConnectorNode.settled(answer));
            } else if (answer.status() > RtasStatus.CC_COMPLETE) {
                steps.set(at, step.behind(answer));
                steps.add(at, ConnectorNode.settled(answer));
            }
        } else if (step.fits(answer)) {
            steps.subList(cursor, at).clear();
            steps.set(cursor, ConnectorNode.settled(answer));
            if (step.bridge(answer)) {
                bridge(cursor + 1);
            }
        }
    }

    /** The node that begins before these steps is a bridge, of which and of what is behind it nothing is known. */
    private void bridge(int from) {
        int to = from;
        while (steps.get(to).step().status() != RtasStatus.CC_PREVIOUS_PARENT && to < steps.size() - 1) {
            to++;
        }
        boolean whole = to == steps.size() - 1;
        steps.subList(from, to + 1).clear();
        steps.addAll(from, whole ? ConnectorNode.unknown().steps() : List.of(ConnectorNode.restOfNode()));
    }

    /** The fragment is built once and kept while the device stays. False if there is none. */
    private boolean begin() {
        ConnectorNode node = describe();
        if (node != null) {
            steps = node.steps();
            cursor = 0;
        }
        return node != null;
    }

    /** The next answer of configure-connector. */
    ConnectorNode.Step nextStep() {
        if (steps == null && !begin()) {
            return new ConnectorNode.Step(RtasStatus.HW_ERROR, "", 0);
        }
        ConnectorNode.Step step = steps.get(cursor++).step();
        if (cursor == steps.size()) {
            cursor = 0;
            state = State.CONFIGURED;
        }
        return step;
    }
}
