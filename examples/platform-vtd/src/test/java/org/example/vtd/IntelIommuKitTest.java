package org.example.vtd;

import io.dmalab.testkit.kit.IommuBackendKit;

// tag::kit
/** The backend keeps the rules of its SPI, on its own platform. */
class IntelIommuKitTest extends IommuBackendKit {
    IntelIommuKitTest() {
        super("intel-iommu");
    }

    @Override
    protected String machine() {
        return "x86-vtd";
    }
}
// end::kit
