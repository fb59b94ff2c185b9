package ${package};

import io.dmalab.testkit.kit.DeviceDriverKit;

/** What dmalab expects of every driver. */
class DriverKitTest extends DeviceDriverKit {
    DriverKitTest() {
        super("${artifactId}");
    }
}
