package io.dmalab.driver.mlx;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The action {@code ethtool-ring}: {@code ethtool -G device rx N [tx N]}. All channels are reopened: new pools, the old ones are left to
 * drain.
 */
public final class EthtoolRing implements Action {
    private final Reconfiguration reconfiguration;
    private final Options options;

    @Inject
    public EthtoolRing(Reconfiguration reconfiguration, Options options) {
        this.reconfiguration = reconfiguration;
        this.options = options;
    }

    /** What is set. */
    public record Options(
            @Option(doc = "name of the device") String device,
            @Option(doc = "receive ring size in packets, a power of two from 64 to 8192") int rx,
            @Option(doc = "send ring size in 64-byte blocks, a power of two from 64 to 8192; as it is if not given") Optional<Integer> tx) {
        public Options {
            MlxOptions.ring("rx", rx);
            tx.ifPresent(size -> MlxOptions.ring("tx", size));
        }
    }

    @Override
    public void run() {
        reconfiguration.change(options.device(), "rings", p -> p.withRings(options.rx(), options.tx().orElse(1 << p.logTx())));
    }

    @Override
    public String comm() {
        return "ethtool";
    }
}
