package io.dmalab.platform.pseries.guest;

import io.dmalab.platform.pseries.hypervisor.ConnectorNode;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode.Property;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import io.dmalab.platform.pseries.recording.RecordedCall;
import java.util.ArrayList;
import java.util.List;

/** A connector's fragment of the device tree, put together from the answers that the recorded guest is about to get. */
final class RecordedFragment {
    private final Recording recording;
    private RecordedCall line;

    private RecordedFragment(Recording recording, RecordedCall first) {
        this.recording = recording;
        this.line = first;
    }

    /** @param first the first call of the walk; null or another call gives an empty node */
    static ConnectorNode of(Recording recording, RecordedCall first) {
        if (first == null || !first.call().equals("ibm,configure-connector")) {
            return new ConnectorNode("unknown", List.of(), List.of());
        }
        return new RecordedFragment(recording, first).node();
    }

    /** The node that the current answer begins; the current answer is then its end. */
    private ConnectorNode node() {
        String name = line.nodeName();
        List<Property> properties = new ArrayList<>();
        List<ConnectorNode> children = new ArrayList<>();
        next();
        while (line != null && line.code() != RtasStatus.CC_PREVIOUS_PARENT && line.code() > RtasStatus.CC_COMPLETE) {
            if (line.code() == RtasStatus.CC_NEXT_CHILD) {
                children.add(node());
            } else {
                properties.add(new Property(line.nodeName(), (int) line.nodeLength()));
            }
            next();
        }
        return new ConnectorNode(name, properties, children);
    }

    private void next() {
        RecordedCall following = line == null ? null : recording.peekCallAfter(line);
        line = following != null && following.call().equals("ibm,configure-connector") ? following : null;
    }
}
