package io.dmalab.platform.pseries.guest;

import io.dmalab.platform.pseries.hypervisor.ConnectorNode;
import io.dmalab.platform.pseries.hypervisor.ConnectorNode.Property;
import io.dmalab.platform.pseries.hypervisor.RtasStatus;
import java.util.ArrayList;
import java.util.List;

/** A connector's fragment of the device tree, put together from the answers that the recorded guest is about to get. */
final class RecordedFragment {
    private final Recording recording;
    private Line line;

    private RecordedFragment(Recording recording, Line first) {
        this.recording = recording;
        this.line = first;
    }

    /** @param first the first call of the walk; null or another call gives an empty node */
    static ConnectorNode of(Recording recording, Line first) {
        if (first == null || !first.call().equals("ibm,configure-connector")) {
            return new ConnectorNode("unknown", List.of(), List.of());
        }
        return new RecordedFragment(recording, first).node();
    }

    /** The node that the current answer begins; the current answer is then its end. */
    private ConnectorNode node() {
        String name = (String) line.all().getOrDefault("wa_name", "");
        List<Property> properties = new ArrayList<>();
        List<ConnectorNode> children = new ArrayList<>();
        next();
        while (line != null && line.rc() != RtasStatus.CC_PREVIOUS_PARENT && line.rc() > RtasStatus.CC_COMPLETE) {
            if (line.rc() == RtasStatus.CC_NEXT_CHILD) {
                children.add(node());
            } else {
                properties.add(new Property((String) line.all().getOrDefault("wa_name", ""), (int) line.field("wa_len")));
            }
            next();
        }
        return new ConnectorNode(name, properties, children);
    }

    private void next() {
        Line following = line == null ? null : recording.peekCallAfter(line);
        line = following != null && following.call().equals("ibm,configure-connector") ? following : null;
    }
}
