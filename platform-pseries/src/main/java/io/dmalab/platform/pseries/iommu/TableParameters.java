package io.dmalab.platform.pseries.iommu;

import io.dmalab.api.device.Device;

/**
 * What iommu_table_setparms_common() is given.
 *
 * @param busno     bus number, printed only
 * @param liobn     number that the hypervisor knows the window by
 * @param start     bus address of the first entry
 * @param bytes     size of the window
 * @param pageShift log2 of the bytes of an entry
 * @param owner     the bridge it belongs to, to tell a stranger's window of the same number; compared by identity
 * @param device    the device it is made for
 */
public record TableParameters(long busno, long liobn, long start, long bytes, int pageShift, Object owner, Device device) {}
