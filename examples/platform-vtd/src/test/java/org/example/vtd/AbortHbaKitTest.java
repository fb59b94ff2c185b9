package org.example.vtd;

import io.dmalab.testkit.kit.DeviceDriverKit;

/** The driver keeps the rules of its SPI once it stops its hardware first: what it does otherwise is its mistake. */
class AbortHbaKitTest extends DeviceDriverKit {
    AbortHbaKitTest() {
        super("abort-hba");
    }

    @Override
    protected String configured() {
        return "{ id: abort-hba, stop-first: true }";
    }
}
