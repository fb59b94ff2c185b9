package io.dmalab.platform.pseries.hypervisor;

/**
 * Makes ibm,create-pe-dma-window answer busy, an extended delay or an error although the request is right.
 *
 * <p>Asked once per well-formed call, in the calling context, and must not sleep. {@code attempt} counts from 0 the calls
 * in a row on one bridge that were turned away. {@link RtasStatus#SUCCESS} lets the call go on.
 */
@FunctionalInterface
public interface CreateFaultPolicy {
    CreateFaultPolicy NONE = (buid, attempt) -> RtasStatus.SUCCESS;

    int statusFor(long buid, int attempt);

    /** The first {@code times} attempts answer {@code status}. */
    static CreateFaultPolicy busy(int times, int status) {
        return (buid, attempt) -> attempt < times ? status : RtasStatus.SUCCESS;
    }
}
