package org.example.vtd;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.MachineScoped;
import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.kernel.Counter;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import jakarta.inject.Inject;
import java.util.BitSet;

/**
 * The DMA remapping unit of the machine, with the registers that its driver writes (drivers/iommu/intel/dmar.c, v6.14): what a device
 * reaches by a context entry, the IOTLB and the page tables. Left out: interrupt remapping, scalable mode, the invalidation queue itself:
 * an invalidation is done when its descriptor has been submitted.
 */
@MachineScoped
final class RemappingUnit {
    /** Invalidations that were waited for. */
    static final String INVALIDATIONS = "vtd_iotlb_invalidations";
    /** Accesses that the IOTLB answered although their mapping had ended. */
    static final String STALE_ACCESSES = "vtd_stale_accesses";
    private static final int FIRST_DOMAIN = 1;

    private final Kernel kernel;
    private final DmarFaults faults;
    private final Counter invalidations;
    private final Counter stale;
    /** Domain ids in use. */
    private final BitSet domainIds = new BitSet();
    private VtdOptions options;
    private Iotlb iotlb;

    @Inject
    RemappingUnit(Kernel kernel) {
        this.kernel = kernel;
        this.faults = new DmarFaults(kernel);
        this.invalidations = kernel.metrics().counter(INVALIDATIONS);
        this.stale = kernel.metrics().counter(STALE_ACCESSES);
    }

    /** Before any device. */
    void init(VtdOptions newOptions) {
        options = newOptions;
        iotlb = new Iotlb(newOptions.iotlb());
    }

    VtdOptions options() {
        return options;
    }

    // domains

    /** The lowest id that is free. */
    int takeDomainId() {
        int id = domainIds.nextClearBit(FIRST_DOMAIN);
        domainIds.set(id);
        return id;
    }

    /** Nothing of the domain may be in the IOTLB: the next domain may have the id. */
    void giveDomainId(int id) {
        domainIds.clear(id);
    }

    // invalidation: the driver's side

    /** Page-selective. Any context. */
    void invalidatePages(int domain, long firstPage, long pages) {
        submit(domain, firstPage, pages);
        iotlb.forget(domain, firstPage, pages);
    }

    /** Domain-selective. Any context. */
    void invalidateDomain(int domain) {
        submit(domain, 0, 0);
        iotlb.forget(domain);
    }

    /** Spins until the hardware is done. */
    @KernelFunction("qi_submit_sync")
    private void submit(int domain, long firstPage, long pages) {
        kernel.sched().spend(options.invalidationTime().nanos());
        invalidations.increment();
        kernel.trace().emit(VtdEvents.IOTLB_INVALIDATION, domain, firstPage << PageTable.PAGE_SHIFT, pages);
    }

    // translation: the device's side

    // tag::access
    /** A device makes an access. @param domain what its context entry leads to, null if that is not present */
    long access(Device device, DmarDomain domain, long address, boolean write) {
        if (domain == null || address >>> PageTable.ADDRESS_BITS != 0) {
            return DmaApi.MAPPING_ERROR;
        }
        long page = address >>> PageTable.PAGE_SHIFT;
        long inMemory = domain.table.pte(page);
        long pte = iotlb.lookup(domain.id, page);
        if (pte == 0) {
            pte = inMemory;
            if (pte != 0) {
                iotlb.fill(domain.id, page, pte);
            }
        }
        if (!PageTable.permits(pte, write)) {
            return DmaApi.MAPPING_ERROR;
        }
        if (pte != inMemory) {
            staleAccess(device, address, PageTable.physical(pte, address), write);
        }
        return PageTable.physical(pte, address);
    }
    // end::access

    /** The same without a trace of it. */
    long translate(DmarDomain domain, long address, boolean write) {
        if (domain == null || address >>> PageTable.ADDRESS_BITS != 0) {
            return DmaApi.MAPPING_ERROR;
        }
        long page = address >>> PageTable.PAGE_SHIFT;
        long cached = iotlb.lookup(domain.id, page);
        long pte = cached != 0 ? cached : domain.table.pte(page);
        return PageTable.permits(pte, write) ? PageTable.physical(pte, address) : DmaApi.MAPPING_ERROR;
    }

    // tag::stale
    /** What lazy invalidation risks. A write to a page that is free is reported by the machine; here it has a new owner. */
    private void staleAccess(Device device, long address, long physical, boolean write) {
        stale.increment();
        kernel.trace().emit(VtdEvents.STALE_ACCESS, kernel.trace().text(device.name()), address, write ? 1 : 0);
        int page = (int) (physical >>> kernel.pages().pageShift());
        if (write && kernel.pages().refCount(page) > 0) {
            kernel.findings().report(FindingKind.MEMORY_CORRUPTION, device.name(), () -> "the device wrote into page " + page + ", which "
                    + kernel.pages().holderOf(page) + " has, through the IOTLB's entry of DMA address 0x" + Long.toHexString(address)
                    + ", whose mapping has ended");
        }
    }
    // end::stale

    /** An access was refused. */
    void refused(Device device, DmarDomain domain, long address, boolean write) {
        faults.record(device, address, write, DmarFaults.Reason.of(domain, address, write));
    }
}
