package io.dmalab.core.machine;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.device.Platform.Outcome;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import io.dmalab.core.run.Removal;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The removals of one machine as their removers saw them. */
@MachineScoped
public final class Removals {
    private final SimKernel kernel;
    private final Streams streams;
    private final List<Removal> removals = new ArrayList<>();

    @Inject
    Removals(SimKernel kernel, Streams streams) {
        this.streams = streams;
        this.kernel = kernel;
    }

    /** The command was given. @return number of the removal */
    public int begin(Device device) {
        removals.add(new Removal(device.alias(), kernel.clock().now(), OptionalLong.empty(), Removal.UNFINISHED,
                device.object().alive() && device.dmaBypass(), kernel.dma().live(device), 0, streams.drawn()));
        kernel.removalBegins();
        return removals.size() - 1;
    }

    /** The command returned. */
    public void end(int number, Device device, Outcome outcome) {
        kernel.removalEnds();
        Removal begun = removals.get(number);
        String text = switch (outcome) {
            case Outcome.Removed ignored -> Removal.REMOVED;
            case Outcome.Failed failed -> "failed: errno " + failed.errno() + ", " + failed.why();
        };
        removals.set(number, new Removal(begun.device(), begun.startNanos(), OptionalLong.of(kernel.clock().now()), text,
                begun.directMapped(),
                begun.mappedBefore(), kernel.dma().live(device), begun.history()));
    }

    List<Removal> all() {
        return removals;
    }
}
