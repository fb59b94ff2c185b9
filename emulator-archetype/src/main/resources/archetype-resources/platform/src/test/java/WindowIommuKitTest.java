package ${package};

import io.dmalab.testkit.kit.IommuBackendKit;

/** What dmalab expects of every IOMMU backend. */
class WindowIommuKitTest extends IommuBackendKit {
    WindowIommuKitTest() {
        super("${artifactId}-window");
    }
}
