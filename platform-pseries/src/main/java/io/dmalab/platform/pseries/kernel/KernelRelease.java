package io.dmalab.platform.pseries.kernel;

import io.dmalab.api.kernel.KernelProfile;

/** Version arithmetic on {@code uname -r}. */
public final class KernelRelease {
    private KernelRelease() {}

    /** True if the profile's kernel is {@code major.minor} or later. */
    public static boolean atLeast(KernelProfile profile, int major, int minor) {
        String[] parts = profile.release().split("[.-]");
        int has = Integer.parseInt(parts[0]);
        return has > major || has == major && Integer.parseInt(parts[1]) >= minor;
    }
}
