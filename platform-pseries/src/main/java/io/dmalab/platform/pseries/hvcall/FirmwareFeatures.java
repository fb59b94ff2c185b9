package io.dmalab.platform.pseries.hvcall;

/**
 * Features the kernel uses, and what its calls cost. Costs are assumptions, not measurements.
 *
 * @param putTceIndirect FW_FEATURE_PUT_TCE_IND
 * @param stuffTce       FW_FEATURE_STUFF_TCE
 * @param hcallNanos     CPU time of a TCE hypercall
 * @param tceNanos       further CPU time for each entry of it
 * @param rtasNanos      CPU time of an RTAS call
 */
public record FirmwareFeatures(boolean putTceIndirect, boolean stuffTce, long hcallNanos, long tceNanos, long rtasNanos) {
    public static final FirmwareFeatures USUAL = new FirmwareFeatures(true, true, 300, 2, 20_000);

    /** Boot parameter {@code multitce=off}, or firmware without {@code hcall-multi-tce}. */
    public FirmwareFeatures withoutMultiTce() {
        return new FirmwareFeatures(false, false, hcallNanos, tceNanos, rtasNanos);
    }
}
