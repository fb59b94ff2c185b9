package io.dmalab.platform.pseries.hypervisor;

import java.util.ArrayList;
import java.util.List;

/**
 * One host bridge, which is also one partitionable endpoint here.
 *
 * @param buid the bridge's unit id
 * @param index its number, part of its LIOBNs and connector indexes
 * @param liobns numbers of its windows, the default window's first, then created ones'; at least {@code windowsMax}
 * @param windowsMax windows it can have at once
 * @param defaultBase bus address of the default window
 * @param defaultBytes size of the default window; need not be a power of two
 * @param defaultPageShift its page size
 * @param ddwOffered whether {@code ibm,ddw-applicable} is there; otherwise every window call is a parameter error
 * @param ddwBase bus address of created windows
 * @param pageSizes bit n set: created windows can have pages of 2^n bytes
 */
public record PhbConfig(long buid, int index, List<Long> liobns, int windowsMax, long defaultBase, long defaultBytes,
        int defaultPageShift, boolean ddwOffered, long ddwBase, long pageSizes) {
    private static final long BUID_BASE = 0x0800_0000_2000_0000L;

    public PhbConfig {
        liobns = List.copyOf(liobns);
        if (windowsMax < 1 || liobns.size() < windowsMax) {
            throw new IllegalArgumentException("PHB " + Long.toHexString(buid) + " has " + liobns.size()
                + " LIOBNs for " + windowsMax + " windows; expected at least one window and a number for each");
        }
    }

    /** A dedicated adapter's bridge with the profile's usual windows and numbers. */
    public static PhbConfig of(HypervisorProfile profile, int index) {
        return of(profile, index, profile.ddw().windowsMax());
    }

    /** An SR-IOV logical port's bridge. */
    public static PhbConfig sriov(HypervisorProfile profile, int index) {
        return of(profile, index, profile.ddw().sriovWindowsMax());
    }

    private static PhbConfig of(HypervisorProfile profile, int index, int windowsMax) {
        DdwRules ddw = profile.ddw();
        List<Long> liobns = new ArrayList<>();
        for (int window = 0; window <= windowsMax; window++) {
            liobns.add(ddw.liobns().liobn(index, window));
        }
        return new PhbConfig(BUID_BASE + index, index, liobns, windowsMax, ddw.defaultWindowBase(),
            ddw.defaultWindowBytes(), ddw.defaultWindowPageShift(), true, ddw.ddwBase(), ddw.pageSizes());
    }

    public PhbConfig withBuid(long value) {
        return new PhbConfig(value, index, liobns, windowsMax, defaultBase, defaultBytes, defaultPageShift, ddwOffered, ddwBase,
            pageSizes);
    }

    public PhbConfig withLiobns(List<Long> value) {
        return new PhbConfig(buid, index, value, windowsMax, defaultBase, defaultBytes, defaultPageShift, ddwOffered,
            ddwBase, pageSizes);
    }

    public PhbConfig withDefaultWindow(long base, long bytes, int pageShift) {
        return new PhbConfig(buid, index, liobns, windowsMax, base, bytes, pageShift, ddwOffered, ddwBase, pageSizes);
    }

    public PhbConfig withDdwOffered(boolean value) {
        return new PhbConfig(buid, index, liobns, windowsMax, defaultBase, defaultBytes, defaultPageShift, value, ddwBase,
            pageSizes);
    }

    public PhbConfig withPageSizes(long value) {
        return new PhbConfig(buid, index, liobns, windowsMax, defaultBase, defaultBytes, defaultPageShift, ddwOffered,
            ddwBase, value);
    }
}
