package toy;

import io.dmalab.api.MachineScoped;
import io.dmalab.api.net.Holders;
import jakarta.inject.Inject;
import java.util.stream.Collectors;

@MachineScoped
final class ShelfCensus implements Census {
    private final Holders holders;

    @Inject
    ShelfCensus(Holders holders) {
        this.holders = holders;
    }

    @Override
    public String holders() {
        return holders.entries().stream().map(e -> e.share() + "=" + e.holder().reason()).collect(Collectors.joining(", "));
    }
}
