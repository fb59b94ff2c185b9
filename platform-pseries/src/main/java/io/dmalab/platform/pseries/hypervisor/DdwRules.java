package io.dmalab.platform.pseries.hypervisor;

import io.dmalab.api.profile.Meaning;

/**
 * Windows of a partitionable endpoint: limits, places, numbers and what the firmware offers (facts/ddw.md sections 1 and 2).
 */
public record DdwRules(
        @Meaning("windows a PE can have at once, the default one included")
        int windowsMax,
        @Meaning("windows an SR-IOV logical port can have at once")
        int sriovWindowsMax,
        @Meaning("bus address of the default window")
        long defaultWindowBase,
        @Meaning("size of the default window")
        long defaultWindowBytes,
        @Meaning("page shift of the default window")
        int defaultWindowPageShift,
        @Meaning("bus address of a created window")
        long ddwBase,
        @Meaning("bus address of a window created in limited address mode")
        long limitedModeBase,
        @Meaning("a window created while the PE has none takes the default window's address")
        boolean firstWindowAtDefaultBase,
        @Meaning("page sizes that are offered; bit n stands for 2^n bytes")
        long pageSizes,
        @Meaning("TCEs of the largest window that query reports in its 64-bit form")
        long largestBlock,
        @Meaning("upper limit of the largest window in query's 32-bit form")
        long largestBlock32,
        @Meaning("TCEs of the largest window that create makes, else hardware error")
        long createEntriesMax,
        @Meaning("ibm,reset-pe-dma-windows exists (extension 1)")
        boolean resetOffered,
        @Meaning("query may return 6 outputs (extension 2), else 6 are a parameter error")
        boolean sixOutputQuery,
        @Meaning("reset takes a fourth input (extension 3)")
        boolean limitedAddressMode,
        @Meaning("removing the last window brings the default one back, unless it was the default one")
        boolean restoresDefaultWithLast,
        @Meaning("\"the default one\" in that rule is whichever window has the default window's number, even a created one that "
                + "took it over; otherwise the window that firmware made")
        boolean defaultKnownByLiobn,
        @Meaning("remove answers hardware error while entries are valid")
        boolean removeRefusedWhileLive,
        @Meaning("a removed host bridge's windows answer until they are reaped")
        boolean phbWindowsLinger,
        @Meaning("how LIOBNs are numbered")
        LiobnScheme liobns,
        @Meaning("which number a created window gets")
        LiobnReuse liobnReuse) {

    /** Which number a created window gets; a default window that comes back has its old one. */
    public enum LiobnReuse {
        /** The PE's first number not in use, the default window's too: QEMU's first disabled table. */
        SAME_PE_ALL,
        /** The same without the default window's number: a removed window's number comes back with the PE's next one. */
        SAME_PE,
        /** The number freed longest ago on any PE: a late call on it may hit a stranger's window. */
        ANY_PE,
        /** A new number each time. */
        NEVER
    }

    /** {@code liobn = base | phb index << phbShift | offset + window * stride}. */
    public record LiobnScheme(long base, int phbShift, int offset, int stride) {
        public long liobn(int phbIndex, int window) {
            return base | (long) phbIndex << phbShift | offset + (long) window * stride;
        }
    }

    /** QEMU 7.2, hw/ppc/spapr_rtas_ddw.c; 64-bit extension answers as its recordings show. */
    static final DdwRules QEMU = new DdwRules(2, 2, 0, 1L << 30, 12, 1L << 59, 1L << 32, true,
        1L << 12 | 1L << 16 | 1L << 21 | 1L << 24, 1L << 37, 1L << 31, 0xffff_ffffL, true, true, false, true, true, false,
        true, new LiobnScheme(0x8000_0000L, 8, 0, 1), LiobnReuse.SAME_PE_ALL);

    /**
     * PowerVM as the seed and patch texts show it. Its numbering is not documented: the scheme is chosen such that the
     * second window of bridge 1 has the seed's 0x70000016.
     */
    static final DdwRules PHYP = new DdwRules(2, 1, 0, 2L << 30, 12, 1L << 59, 1L << 32, false,
        1L << 12 | 1L << 16 | 1L << 21, 1L << 34, 0xffff_ffffL, 1L << 34, true, true, true, true, false, false,
        false, new LiobnScheme(0x7000_0000L, 4, 4, 2), LiobnReuse.SAME_PE);

    private static final int[] QUERY_MASK_SHIFTS = {12, 16, 24, 25, 26, 27, 28, 34, 21};

    /** The page sizes as ibm,query-pe-dma-window reports them: bit 0 = 4K ... bit 7 = 16G, bit 8 = 2M. */
    static int queryMask(long pageSizes) {
        int mask = 0;
        for (int bit = 0; bit < QUERY_MASK_SHIFTS.length; bit++) {
            if ((pageSizes >>> QUERY_MASK_SHIFTS[bit] & 1) != 0) {
                mask |= 1 << bit;
            }
        }
        return mask;
    }

    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Copies the rules and changes some. */
    public static final class Builder {
        private int windowsMax;
        private int sriovWindowsMax;
        private long defaultWindowBase;
        private long defaultWindowBytes;
        private int defaultWindowPageShift;
        private long ddwBase;
        private long limitedModeBase;
        private boolean firstWindowAtDefaultBase;
        private long pageSizes;
        private long largestBlock;
        private long largestBlock32;
        private long createEntriesMax;
        private boolean resetOffered;
        private boolean sixOutputQuery;
        private boolean limitedAddressMode;
        private boolean restoresDefaultWithLast;
        private boolean defaultKnownByLiobn;
        private boolean removeRefusedWhileLive;
        private boolean phbWindowsLinger;
        private LiobnScheme liobns;
        private LiobnReuse liobnReuse;

        private Builder(DdwRules from) {
            windowsMax = from.windowsMax;
            sriovWindowsMax = from.sriovWindowsMax;
            defaultWindowBase = from.defaultWindowBase;
            defaultWindowBytes = from.defaultWindowBytes;
            defaultWindowPageShift = from.defaultWindowPageShift;
            ddwBase = from.ddwBase;
            limitedModeBase = from.limitedModeBase;
            firstWindowAtDefaultBase = from.firstWindowAtDefaultBase;
            pageSizes = from.pageSizes;
            largestBlock = from.largestBlock;
            largestBlock32 = from.largestBlock32;
            createEntriesMax = from.createEntriesMax;
            resetOffered = from.resetOffered;
            sixOutputQuery = from.sixOutputQuery;
            limitedAddressMode = from.limitedAddressMode;
            restoresDefaultWithLast = from.restoresDefaultWithLast;
            defaultKnownByLiobn = from.defaultKnownByLiobn;
            removeRefusedWhileLive = from.removeRefusedWhileLive;
            phbWindowsLinger = from.phbWindowsLinger;
            liobns = from.liobns;
            liobnReuse = from.liobnReuse;
        }

        public Builder windowsMax(int value) {
            windowsMax = value;
            return this;
        }

        public Builder sriovWindowsMax(int value) {
            sriovWindowsMax = value;
            return this;
        }

        public Builder defaultWindowBase(long value) {
            defaultWindowBase = value;
            return this;
        }

        public Builder defaultWindowBytes(long value) {
            defaultWindowBytes = value;
            return this;
        }

        public Builder defaultWindowPageShift(int value) {
            defaultWindowPageShift = value;
            return this;
        }

        public Builder ddwBase(long value) {
            ddwBase = value;
            return this;
        }

        public Builder limitedModeBase(long value) {
            limitedModeBase = value;
            return this;
        }

        public Builder firstWindowAtDefaultBase(boolean value) {
            firstWindowAtDefaultBase = value;
            return this;
        }

        public Builder pageSizes(long value) {
            pageSizes = value;
            return this;
        }

        public Builder largestBlock(long value) {
            largestBlock = value;
            return this;
        }

        public Builder largestBlock32(long value) {
            largestBlock32 = value;
            return this;
        }

        public Builder createEntriesMax(long value) {
            createEntriesMax = value;
            return this;
        }

        public Builder resetOffered(boolean value) {
            resetOffered = value;
            return this;
        }

        public Builder sixOutputQuery(boolean value) {
            sixOutputQuery = value;
            return this;
        }

        public Builder limitedAddressMode(boolean value) {
            limitedAddressMode = value;
            return this;
        }

        public Builder restoresDefaultWithLast(boolean value) {
            restoresDefaultWithLast = value;
            return this;
        }

        public Builder defaultKnownByLiobn(boolean value) {
            defaultKnownByLiobn = value;
            return this;
        }

        public Builder removeRefusedWhileLive(boolean value) {
            removeRefusedWhileLive = value;
            return this;
        }

        public Builder phbWindowsLinger(boolean value) {
            phbWindowsLinger = value;
            return this;
        }

        public Builder liobns(LiobnScheme value) {
            liobns = value;
            return this;
        }

        public Builder liobnReuse(LiobnReuse value) {
            liobnReuse = value;
            return this;
        }

        public DdwRules build() {
            return new DdwRules(windowsMax, sriovWindowsMax, defaultWindowBase, defaultWindowBytes, defaultWindowPageShift,
                ddwBase, limitedModeBase, firstWindowAtDefaultBase, pageSizes, largestBlock, largestBlock32, createEntriesMax,
                resetOffered, sixOutputQuery, limitedAddressMode, restoresDefaultWithLast, defaultKnownByLiobn,
                removeRefusedWhileLive, phbWindowsLinger, liobns, liobnReuse);
        }
    }
}
