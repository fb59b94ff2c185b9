package org.example.vtd;

import io.dmalab.testkit.kit.DmaAllocatorKit;

/** The allocator keeps the rules of its SPI; on the kit's own platform, which knows nothing of this one. */
class IovaDomainKitTest extends DmaAllocatorKit {
    IovaDomainKitTest() {
        super("vtd-iova");
    }
}
