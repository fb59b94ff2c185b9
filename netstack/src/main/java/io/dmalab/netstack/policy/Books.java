package io.dmalab.netstack.policy;

import io.dmalab.api.kernel.Counter;

/**
 * What the trackers of a machine's pools cost together: time on the data path, and bytes when most pages were tracked. Time is counted in
 * picoseconds, since what a pool pays for a page may be less than a nanosecond.
 */
final class Books {
    private final Counter nanos;
    private long picos;
    private long bytes;
    private int pages;
    private int pagesMax;
    private long bytesThen;

    /** @param nanos where the modelled nanoseconds are added */
    Books(Counter nanos) {
        this.nanos = nanos;
    }

    /** @return whole nanoseconds that have come together */
    long charge(long picoseconds) {
        picos += picoseconds;
        long whole = picos / 1000;
        picos -= whole * 1000;
        nanos.add(whole);
        return whole;
    }

    /** Memory of a tracker comes or, if negative, goes. */
    void bytes(long change) {
        bytes += change;
        if (change > 0 && pages == pagesMax) {
            bytesThen = bytes;
        }
    }

    void pageIn() {
        if (++pages >= pagesMax) {
            pagesMax = pages;
            bytesThen = bytes;
        }
    }

    void pageOut() {
        pages--;
    }

    /** Rounded up; when most pages were tracked. 0 if none ever was. */
    int bytesPerPage() {
        return pagesMax == 0 ? 0 : Math.toIntExact((bytesThen + pagesMax - 1) / pagesMax);
    }
}
