package io.dmalab.netstack.actions;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import io.dmalab.api.net.Holders;
import io.dmalab.netstack.holders.NeighbourQueue;
import jakarta.inject.Inject;
import java.util.Optional;

/** The neighbours on an interface answer at last (net/core/neighbour.c neigh_update): packets that wait for them are sent. */
public final class NeighbourResolve implements Action {
    /** What can be set. */
    public record Options(
            @Option(doc = "interface on which they are, as neighbour-queue names it (out-device); none: all of them")
                    Optional<String> outDevice) {}

    private final Holders holders;
    private final Options options;

    @Inject
    public NeighbourResolve(Holders holders, Options options) {
        this.holders = holders;
        this.options = options;
    }

    @Override
    public String comm() {
        return "arping";
    }

    @Override
    public void run() {
        for (Holders.Entry entry : holders.entries()) {
            if (entry.holder() instanceof NeighbourQueue queue && options.outDevice().map(queue.outDevice()::equals).orElse(true)) {
                queue.resolve();
            }
        }
    }
}
