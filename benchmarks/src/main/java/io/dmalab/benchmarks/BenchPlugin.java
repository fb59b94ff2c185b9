package io.dmalab.benchmarks;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.DeviceDriver;

/** Brings {@link BenchDriver} into a machine, so that what is measured is wired as in any other run. */
public final class BenchPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "bench";
    }

    @Override
    public String summary() {
        return "Benchmarks: a driver that does one thing very often";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.<DeviceDriver>of(DeviceDriver.class, "bench", BenchDriver.class, "does one thing very often").options(BenchDriver.Options.class));
    }
}
