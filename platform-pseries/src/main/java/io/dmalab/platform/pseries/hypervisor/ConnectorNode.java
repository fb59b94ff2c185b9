package io.dmalab.platform.pseries.hypervisor;

import java.util.ArrayList;
import java.util.List;

/**
 * A device-tree fragment as ibm,configure-connector hands it out: names and lengths, no values. What depends on a device that nobody has
 * described may be left open; {@link Connector#settle} then takes it from an answer that is known.
 */
public record ConnectorNode(String name, List<Property> properties, List<ConnectorNode> children, boolean open) {
    /** Begins the name of a node whose kind of device is not known: {@code *@2}. */
    private static final String ANY = "*";
    private static final Step COMPLETE = new Step(RtasStatus.CC_COMPLETE, "", 0);
    private static final Step END = new Step(RtasStatus.CC_PREVIOUS_PARENT, "", 0);

    /**
     * A property.
     *
     * @param step     0 if its length is {@code length}, else it is that and any number of steps more
     * @param optional some devices have it, some do not
     */
    public record Property(String name, int length, int step, boolean optional) {
        public Property(String name, int length) {
            this(name, length, 0, false);
        }
    }

    /** One answer of the call: its status, then the node's or property's name and the property's length. */
    public record Step(int status, String name, int length) {
    }

    /**
     * A step that may still be one of several.
     *
     * @param rest  it stands for any steps that follow, up to the end of the fragment or of the node it is in, which {@code step} is
     * @param depth of a {@code rest}: nodes that have begun in it and not ended
     */
    record OpenStep(Step step, int lengthStep, boolean optional, boolean rest, int depth) {
        /** Whether the answer is the end that this rest is up to. */
        boolean over(Step answer) {
            return depth == 0 && answer.status() == step.status();
        }

        /** This rest behind an answer that is part of it. */
        OpenStep behind(Step answer) {
            int more = answer.status() == RtasStatus.CC_NEXT_CHILD ? 1 : answer.status() == RtasStatus.CC_PREVIOUS_PARENT ? -1 : 0;
            // of a whole fragment it does not matter
            return new OpenStep(step, 0, false, true, step.equals(COMPLETE) ? 0 : depth + more);
        }

        boolean fits(Step answer) {
            return answer.status() == step.status() && nameFits(answer.name()) && (answer.length() == step.length()
                    || lengthStep > 0 && answer.length() > step.length() && (answer.length() - step.length()) % lengthStep == 0);
        }

        /** Whether the answer makes an open node a bridge: that has its bus's properties and what is behind it, of which nothing is known. */
        boolean bridge(Step answer) {
            return step.name().startsWith(ANY) && answer.name().startsWith("pci@");
        }

        private boolean nameFits(String given) {
            String name = step.name();
            int at = given.indexOf('@');
            return name.startsWith(ANY) ? at > 0 && given.substring(at).equals(name.substring(1)) : given.equals(name);
        }
    }

    public ConnectorNode {
        properties = List.copyOf(properties);
        children = List.copyOf(children);
    }

    public ConnectorNode(String name, List<Property> properties, List<ConnectorNode> children) {
        this(name, properties, children, false);
    }

    /** A fragment of which nothing is known. */
    public static ConnectorNode unknown() {
        return new ConnectorNode(ANY, List.of(), List.of(), true);
    }

    /** The answers in order: each node, its properties, its children, and the way back up. */
    List<OpenStep> steps() {
        List<OpenStep> steps = new ArrayList<>();
        if (open) {
            steps.add(new OpenStep(COMPLETE, 0, false, true, 0));
            return steps;
        }
        walk(steps);
        steps.set(steps.size() - 1, settled(COMPLETE));
        return steps;
    }

    private void walk(List<OpenStep> steps) {
        steps.add(settled(new Step(RtasStatus.CC_NEXT_CHILD, name, 0)));
        for (Property property : properties) {
            steps.add(new OpenStep(new Step(RtasStatus.CC_NEXT_PROPERTY, property.name(), property.length()), property.step(),
                property.optional(), false, 0));
        }
        for (ConnectorNode child : children) {
            child.walk(steps);
        }
        steps.add(settled(END));
    }

    static OpenStep settled(Step step) {
        return new OpenStep(step, 0, false, false, 0);
    }

    /** What a node of which only the name is known has in it, and its end. */
    static OpenStep restOfNode() {
        return new OpenStep(END, 0, false, true, 0);
    }
}
