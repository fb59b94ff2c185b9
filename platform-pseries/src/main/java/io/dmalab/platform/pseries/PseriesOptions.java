package io.dmalab.platform.pseries;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import java.util.List;

/**
 * Options of the platform {@code pseries}. The defaults are the machine of the seed: an SR-IOV logical port under PowerVM with a dynamic 64
 * KiB window.
 */
public record PseriesOptions(
        @Option(value = "phyp", doc = "hypervisor: phyp (PowerVM) or qemu; decides answers, window counts and LIOBN numbers")
                Hypervisor hypervisor,
        @Option(value = "phb", doc = "kind of connector, which decides the removal sequence: phb, slot or pci") DrcType drcType,
        @Option(value = "sriov", doc = "adapter: sriov (a logical port with room for one window) or dedicated (two windows)")
                Adapter adapter,
        @Option(value = "pseries-ddw", doc = "IOMMU backend of the devices") String iommu,
        @Option(value = "iommu-table-bitmap", doc = "DMA allocator of the tables") String allocator,
        @Option(value = "2GiB", doc = "size of the default window, in 4 KiB pages") ByteSize defaultWindow,
        @Option(value = "on", doc = "firmware offers dynamic DMA windows") boolean ddw,
        @Option(value = "[4KiB, 64KiB]", doc = "page sizes that dynamic windows may have; Linux takes the largest")
                List<ByteSize> pageSizes,
        @Option(value = "8388608", doc = "entries of the largest dynamic window, 1 to 2^34; one that covers max-memory is mapped directly")
                long largestBlock,
        @Option(value = "1TiB", doc = "memory the partition may grow to; at least its RAM counts") ByteSize maxMemory,
        @Option(value = "off", doc = "the partition has persistent memory") boolean pmemory,
        @Option(value = "on", doc = "firmware offers hcall-multi-tce; off is the boot parameter multitce=off") boolean multiTce,
        @Option(value = "0", doc = "how often ibm,create-pe-dma-window answers busy before it works") int createBusy,
        @Option(value = "same-slot", doc = "number of a new window: same-slot, any-slot (the one freed longest ago) or never (a new one)")
                LiobnReuse liobnReuse,
        @Option(value = "off", doc = "the connector is isolated before the node is detached, whatever the removal sequence")
                boolean earlyIsolation,
        @Option(value = "off", doc = "isolating answers -9001 while a window has valid entries") boolean isolateRefusedWhileLive,
        @Option(value = "0", doc = "probability of an allocation of DMA addresses to fail, 0 to 1 (fail_iommu)") double failIommu,
        @Option(value = "300ns", doc = "CPU time of a TCE hypercall (assumed)") Span hcallTime,
        @Option(value = "2ns", doc = "further CPU time for each of its entries (assumed)") Span tceTime,
        @Option(value = "20us", doc = "CPU time of an RTAS call (assumed)") Span rtasTime,
        @Option(value = "5ms", doc = "time drmgr takes for each step (assumed)") Span toolStep,
        @Option(value = "on", doc = "drmgr gives a bridge's connector back when the nodes are gone; off leaves it with the partition")
                boolean release) {

    /** Whose answers the hypervisor gives. */
    public enum Hypervisor { PHYP, QEMU }

    /** What a device hangs on. */
    public enum DrcType {
        /** A host bridge of its own, as SR-IOV logical ports have: detached first, isolated then. */
        PHB,
        /** A slot below a bridge: isolated first, detached then. */
        SLOT,
        /** A hot-plug function below a bridge that stays, and with it the bridge's windows. */
        PCI
    }

    /** How many windows an endpoint has room for. */
    public enum Adapter { SRIOV, DEDICATED }

    /** Which number a created window gets. */
    public enum LiobnReuse { SAME_SLOT, ANY_SLOT, NEVER }

    public PseriesOptions {
        pageSizes = List.copyOf(pageSizes);
        for (ByteSize size : pageSizes) {
            if (Long.bitCount(size.bytes()) != 1 || size.bytes() < 4096 || size.bytes() > 1L << 34) {
                throw new IllegalArgumentException("a page size of " + size + " does not exist; use powers of two from 4KiB to 16GiB");
            }
        }
        if (largestBlock < 1 || largestBlock > 1L << 34) {
            throw new IllegalArgumentException("largest-block " + largestBlock + " is out of range; use 1 to 17179869184 entries");
        }
        if (defaultWindow.bytes() < 1L << 20 || defaultWindow.bytes() > 1L << 32) {
            throw new IllegalArgumentException("default-window " + defaultWindow + " is out of range; use 1MiB to 4GiB");
        }
        if (createBusy < 0) {
            throw new IllegalArgumentException("create-busy " + createBusy + " is negative; use 0 or more");
        }
        if (!(failIommu >= 0 && failIommu <= 1)) {
            throw new IllegalArgumentException("fail-iommu " + failIommu + " is no probability; use 0 to 1");
        }
    }
}
