package io.dmalab.platform.pseries.hypervisor;

/**
 * Makes H_PUT_TCE and H_PUT_TCE_INDIRECT answer an error although the request is right, as a partition with overcommitted memory sees it
 * (H_NOT_ENOUGH_RESOURCES); nothing is stored then. Asked once per well-formed call, in the calling context; must not sleep.
 */
@FunctionalInterface
public interface TceFaultPolicy {
    /** @return {@link Hcall#H_SUCCESS} lets the call go on */
    long codeFor(long liobn, long ioba, long count);
}
