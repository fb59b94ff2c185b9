package io.dmalab.platform.s390;

import io.dmalab.api.MachineScoped;
import jakarta.inject.Inject;

/** What the platform's options say to {@link ZpciDma}; set at boot. */
@MachineScoped
final class S390Settings {
    private String allocator = "rcache-magazine";

    @Inject
    S390Settings() {}

    void configure(String newAllocator) {
        allocator = newAllocator;
    }

    String allocator() {
        return allocator;
    }
}
