package ${package};

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.DeviceDriver;

/** Registers what this jar offers. */
public final class DriverPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "${artifactId}";
    }

    @Override
    public String summary() {
        return "a device whose users keep its buffers for a while";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(DeviceDriver.class, "${artifactId}", LendingDriver.class, "lends its mapped buffers to a user")
                .options(LendingDriver.Options.class)
                .description("""
                        Each buffer is mapped, lent, given back after a time and unmapped. With wait-for-users off the removal does not wait for them:
                        what comes back later is unmapped for a device that is gone.
                        """));
    }
}
