package io.dmalab.platform.pseries.hypervisor;

import java.util.ArrayList;
import java.util.List;

/** A device-tree fragment as ibm,configure-connector hands it out: names and lengths, no values. */
public record ConnectorNode(String name, List<Property> properties, List<ConnectorNode> children) {
    public record Property(String name, int length) {
    }

    /** One answer of the call: its status, then the node's or property's name and the property's length. */
    public record Step(int status, String name, int length) {
    }

    public ConnectorNode {
        properties = List.copyOf(properties);
        children = List.copyOf(children);
    }

    /** The answers in order: each node, its properties, its children, and the way back up. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        walk(steps);
        steps.set(steps.size() - 1, new Step(RtasStatus.CC_COMPLETE, "", 0));
        return steps;
    }

    private void walk(List<Step> steps) {
        steps.add(new Step(RtasStatus.CC_NEXT_CHILD, name, 0));
        for (Property property : properties) {
            steps.add(new Step(RtasStatus.CC_NEXT_PROPERTY, property.name(), property.length()));
        }
        for (ConnectorNode child : children) {
            child.walk(steps);
        }
        steps.add(new Step(RtasStatus.CC_PREVIOUS_PARENT, "", 0));
    }
}
