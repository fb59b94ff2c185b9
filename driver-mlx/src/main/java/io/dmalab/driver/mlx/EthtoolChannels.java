package io.dmalab.driver.mlx;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import jakarta.inject.Inject;

/** The action {@code ethtool-channels}: {@code ethtool -L device combined N}. All channels are reopened. */
public final class EthtoolChannels implements Action {
    private final Reconfiguration reconfiguration;
    private final Options options;

    @Inject
    public EthtoolChannels(Reconfiguration reconfiguration, Options options) {
        this.reconfiguration = reconfiguration;
        this.options = options;
    }

    /** What is set. */
    public record Options(
            @Option(doc = "name of the device") String device,
            @Option(doc = "number of channels, 1 to 64") int combined) {
        public Options {
            MlxOptions.range("combined", combined, 1, MlxOptions.MAX_CHANNELS);
        }
    }

    @Override
    public void run() {
        reconfiguration.change(options.device(), "channels", p -> p.withChannels(options.combined()));
    }

    @Override
    public String comm() {
        return "ethtool";
    }
}
