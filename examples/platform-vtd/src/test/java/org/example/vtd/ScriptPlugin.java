package org.example.vtd;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.device.DeviceDriver;

/** For tests: the driver {@code script} does what a test tells it. */
public final class ScriptPlugin implements EmulatorPlugin {
    @Override
    public String id() {
        return "test-script";
    }

    @Override
    public String summary() {
        return "A driver that does what a test tells it";
    }

    @Override
    public void register(Extensions extensions) {
        extensions.add(Extension.of(DeviceDriver.class, "script", Script.Driver.class, "does what a test tells it")
                .options(Script.Options.class));
    }
}
