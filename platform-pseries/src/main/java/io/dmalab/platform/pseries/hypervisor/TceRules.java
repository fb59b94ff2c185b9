package io.dmalab.platform.pseries.hypervisor;

import io.dmalab.api.profile.Meaning;

/** How a hypervisor answers the TCE hypercalls where the references disagree (facts/tce-hcalls.md section 4). */
public record TceRules(
        @Meaning("H_PUT_TCE and H_GET_TCE exist (hcall-tce); otherwise H_FUNCTION")
        boolean tceOffered,
        @Meaning("H_PUT_TCE_INDIRECT and H_STUFF_TCE exist (hcall-multi-tce); otherwise H_FUNCTION")
        boolean multiTceOffered,
        @Meaning("largest count of an indirect call, else H_PARAMETER")
        long indirectCountMax,
        @Meaning("largest count of a stuff call, unsigned, on top of the table's own number of entries")
        long stuffCountMax,
        @Meaning("answer to a stuff count above stuffCountMax")
        long stuffCountExceededCode,
        @Meaning("answer to a count of 0 on a live window")
        long zeroCountCode,
        @Meaning("entries before the first bad one stay written; otherwise the whole call is checked first")
        boolean partialWrites,
        @Meaning("an ioba inside a page means that page; otherwise H_PARAMETER")
        boolean misalignedIobaRounded,
        @Meaning("the list's address must be a multiple of 4096")
        boolean indirectListAligned,
        @Meaning("the list must lie in the partition's memory")
        boolean indirectListInMemory,
        @Meaning("H_STUFF_TCE takes a value with a permission bit")
        boolean stuffMayMap,
        @Meaning("an entry with a permission bit must name a page of the partition")
        boolean tceOwnershipChecked,
        @Meaning("the named page must be aligned to the window's page size")
        boolean tcePageAligned,
        @Meaning("H_GET_TCE of an entry that names another owner's page: H_PARTIAL, page number all ones")
        boolean foreignEntriesMasked) {

    /** QEMU 7.2, hw/ppc/spapr_iommu.c. */
    static final TceRules QEMU = new TceRules(true, true, 512, -1L, Hcall.H_PARAMETER, Hcall.H_PARAMETER, true, true,
        true, false, true, false, false, false);

    /**
     * LoPAR 2.9. It says nothing about a misaligned ioba, the list's alignment or the page's alignment in a large-page
     * window: the first two are refused as KVM does, the third is let through.
     */
    static final TceRules PHYP = new TceRules(true, true, 512, 512, Hcall.H_P4, Hcall.H_SUCCESS, false, false,
        true, true, true, true, false, true);

    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Copies the rules and changes some. */
    public static final class Builder {
        private boolean tceOffered;
        private boolean multiTceOffered;
        private long indirectCountMax;
        private long stuffCountMax;
        private long stuffCountExceededCode;
        private long zeroCountCode;
        private boolean partialWrites;
        private boolean misalignedIobaRounded;
        private boolean indirectListAligned;
        private boolean indirectListInMemory;
        private boolean stuffMayMap;
        private boolean tceOwnershipChecked;
        private boolean tcePageAligned;
        private boolean foreignEntriesMasked;

        private Builder(TceRules from) {
            tceOffered = from.tceOffered;
            multiTceOffered = from.multiTceOffered;
            indirectCountMax = from.indirectCountMax;
            stuffCountMax = from.stuffCountMax;
            stuffCountExceededCode = from.stuffCountExceededCode;
            zeroCountCode = from.zeroCountCode;
            partialWrites = from.partialWrites;
            misalignedIobaRounded = from.misalignedIobaRounded;
            indirectListAligned = from.indirectListAligned;
            indirectListInMemory = from.indirectListInMemory;
            stuffMayMap = from.stuffMayMap;
            tceOwnershipChecked = from.tceOwnershipChecked;
            tcePageAligned = from.tcePageAligned;
            foreignEntriesMasked = from.foreignEntriesMasked;
        }

        public Builder tceOffered(boolean value) {
            tceOffered = value;
            return this;
        }

        public Builder multiTceOffered(boolean value) {
            multiTceOffered = value;
            return this;
        }

        public Builder indirectCountMax(long value) {
            indirectCountMax = value;
            return this;
        }

        public Builder stuffCountMax(long value) {
            stuffCountMax = value;
            return this;
        }

        public Builder stuffCountExceededCode(long value) {
            stuffCountExceededCode = value;
            return this;
        }

        public Builder zeroCountCode(long value) {
            zeroCountCode = value;
            return this;
        }

        public Builder partialWrites(boolean value) {
            partialWrites = value;
            return this;
        }

        public Builder misalignedIobaRounded(boolean value) {
            misalignedIobaRounded = value;
            return this;
        }

        public Builder indirectListAligned(boolean value) {
            indirectListAligned = value;
            return this;
        }

        public Builder indirectListInMemory(boolean value) {
            indirectListInMemory = value;
            return this;
        }

        public Builder stuffMayMap(boolean value) {
            stuffMayMap = value;
            return this;
        }

        public Builder tceOwnershipChecked(boolean value) {
            tceOwnershipChecked = value;
            return this;
        }

        public Builder tcePageAligned(boolean value) {
            tcePageAligned = value;
            return this;
        }

        public Builder foreignEntriesMasked(boolean value) {
            foreignEntriesMasked = value;
            return this;
        }

        public TceRules build() {
            return new TceRules(tceOffered, multiTceOffered, indirectCountMax, stuffCountMax, stuffCountExceededCode,
                zeroCountCode, partialWrites, misalignedIobaRounded, indirectListAligned, indirectListInMemory,
                stuffMayMap, tceOwnershipChecked, tcePageAligned, foreignEntriesMasked);
        }
    }
}
