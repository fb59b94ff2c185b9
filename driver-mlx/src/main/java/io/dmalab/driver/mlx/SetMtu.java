package io.dmalab.driver.mlx;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Action;
import jakarta.inject.Inject;

/** The action {@code set-mtu}: {@code ip link set device mtu N}. All channels are reopened with strides that fit. */
public final class SetMtu implements Action {
    private final Reconfiguration reconfiguration;
    private final Options options;

    @Inject
    public SetMtu(Reconfiguration reconfiguration, Options options) {
        this.reconfiguration = reconfiguration;
        this.options = options;
    }

    /** What is set. */
    public record Options(
            @Option(doc = "name of the device") String device,
            @Option(doc = "MTU in bytes, 68 to 9978") int mtu) {
        public Options {
            MlxOptions.range("mtu", mtu, MlxOptions.MIN_MTU, MlxOptions.MAX_MTU);
        }
    }

    @Override
    public void run() {
        reconfiguration.change(options.device(), "mtu", p -> p.withMtu(options.mtu()));
    }

    @Override
    public String comm() {
        return "ip";
    }
}
