package io.dmalab.platform.pseries.iommu;

/** struct scatterlist (include/linux/scatterlist.h) as parallel arrays: where the memory is, and where the device finds it. */
public final class ScatterList {
    final long[] physical;
    final long[] length;
    final long[] dmaAddress;
    final long[] dmaLength;

    public ScatterList(int elements) {
        physical = new long[elements];
        length = new long[elements];
        dmaAddress = new long[elements];
        dmaLength = new long[elements];
    }

    public void set(int element, long physicalAddress, long bytes) {
        physical[element] = physicalAddress;
        length[element] = bytes;
    }

    public long dmaAddress(int segment) {
        return dmaAddress[segment];
    }

    /** 0 ends the list of segments. */
    public long dmaLength(int segment) {
        return dmaLength[segment];
    }
}
