package io.dmalab.core.machine;

import io.dmalab.api.net.Holders;
import java.util.ArrayList;
import java.util.List;

/** The scenario's holders, made once for the machine. */
final class ScenarioHolders implements Holders {
    private final List<Entry> entries = new ArrayList<>();

    ScenarioHolders(MachineGraph graph) {
        for (Blueprint.HolderPart part : graph.blueprint().holders()) {
            entries.add(new Entry(part.holder().registered().id(), part.share(), graph.create(part.holder())));
        }
    }

    @Override
    public List<Entry> entries() {
        return List.copyOf(entries);
    }
}
