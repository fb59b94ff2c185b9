package io.dmalab.platform.pci.direct;

import io.dmalab.api.MachineScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the bridges of one machine are like and when memory is bounced: set by the platform, read by {@link DmaDirect}. */
@MachineScoped
public final class DirectSettings {
    private final Map<String, Long> limits = new LinkedHashMap<>();
    private long dmaOffset;
    private boolean force;

    @Inject
    public DirectSettings() {}

    /**
     * Set once, at boot.
     *
     * @param newOffset bus address minus physical address
     * @param newForce  everything is bounced
     */
    public void configure(long newOffset, boolean newForce) {
        dmaOffset = newOffset;
        force = newForce;
    }

    /** The device of that name reaches so many bytes of memory from address 0 on; 0 for all. */
    public void reach(String alias, long bytes) {
        limits.put(alias, bytes == 0 ? 0 : dmaOffset + bytes - 1);
    }

    long dmaOffset() {
        return dmaOffset;
    }

    boolean force() {
        return force;
    }

    /** Highest bus address, 0 for no limit. */
    long limit(String alias) {
        return limits.getOrDefault(alias, 0L);
    }
}
