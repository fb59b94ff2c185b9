package io.dmalab.platform.pseries.hypervisor;

/** Reads entry {@code index} (0 to 511) of the page that H_PUT_TCE_INDIRECT names; zero where no memory is. */
@FunctionalInterface
public interface TceListReader {
    long tceAt(int index);
}
