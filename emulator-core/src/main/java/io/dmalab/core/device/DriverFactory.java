package io.dmalab.core.device;

import io.dmalab.api.device.Device;
import io.dmalab.api.device.DeviceDriver;

/** Gives a device the driver that the scenario names for it. Asked at every bind: a driver instance serves one life of its device. */
@FunctionalInterface
public interface DriverFactory {
    DeviceDriver driver(Device device);
}
