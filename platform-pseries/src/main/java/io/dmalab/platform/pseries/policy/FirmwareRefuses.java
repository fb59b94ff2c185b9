package io.dmalab.platform.pseries.policy;

import io.dmalab.api.policy.FreePolicy;

/** Policy {@code firmware-refuses}: the -9001 contrast of dlpar-and-notifiers.md 2, for a slot's own windows. */
public final class FirmwareRefuses implements FreePolicy {
    static final String SUMMARY = "firmware does not take a slot back while a window of it has valid entries (-9001)";
    static final String DESCRIPTION = """
            Mechanism  The connector is isolated before its nodes are detached, whatever the removal sequence, and firmware answers -9001
                       (valid outstanding translations) while a window of the endpoint has an entry that the device could use. drmgr tries
                       again, 20 times a second apart for a host bridge, and then gives up: driver and PCI device are gone, node, window
                       and table are there, late unmaps work, and a later drmgr goes on from there.
            Origin     What firmware does for a slot's registers while they are mapped (LoPAR, ibm,set-indicator; seen as "Isolation
                       failed for 20000018 with -9001", avocado-misc-tests issue 1706), applied to the slot's own DMA. Not proposed.
                       Facts: dlpar-and-notifiers.md 2 and 3.
            Cost       The removal blocks until the last late unmap, 20 s at most for a bridge; nothing on the data path, no memory.
            Fails by   A page that is held longer: the removal fails with an errno after the interface is gone, and stays so until
                       somebody tries again. A directly mapped window has valid entries for all of memory: its slot is never given back. A
                       function below a bridge that stays (drc-type pci) has no windows of its own to be asked about.
            """;

    public FirmwareRefuses() {}

    @Override
    public boolean firmwareGuardsSlot() {
        return true;
    }
}
