package io.dmalab.netstack.policy;

import io.dmalab.api.config.Option;
import io.dmalab.api.device.Device;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.PoolGuard;
import jakarta.inject.Inject;

/** Policy {@code unmap-at-destroy} (free-policies.md P9): each pool tracks its mappings and ends them in page_pool_destroy. */
public final class UnmapAtDestroy implements FreePolicy {
    static final String SUMMARY =
            "page_pool tracks its mappings and unmaps every page still out when the pool is destroyed (merged for 6.16)";
    static final String DESCRIPTION = """
            Mechanism  Every page that a pool maps gets an id in an array of the pool (an xarray; the id sits in spare bits of the page's magic word).
                       When the pool is destroyed, its first scrub empties the alloc cache, turns syncing off, waits one RCU grace period, and then
                       walks the array and ends every mapping that is still there; only then it empties the ring. A page that comes back later
                       finds its slot empty and is freed without a DMA call. Slots are cleared by compare and exchange, so that each page is
                       unmapped exactly once, whoever wins. The pool takes no device reference any more.
            Origin     "page_pool: Track DMA-mapped pages and unmap them when destroying the pool", Toke Høiland-Jørgensen, idea by Mina Almasry,
                       March and April 2025. Merged: commit ee62ce7a1d90, first in v6.16-rc1 and stable 6.15.3. Facts: free-policies.md P9,
                       page-pool.md 10.
            Cost       The removal waits for a grace period and a walk over the pages in flight, never for whoever holds them. About 400 ns a map
                       and unmap pair, nothing on recycling. 576 bytes for 64 slots: at least 9 bytes a mapped page.
            Fails by   More pages than ids (21 bits on PPC64: 2 097 151 pages, 128 GiB of 64 KiB pages): their allocation fails, with one warning.
                       No bit to spare (id-bits: 0, some 32-bit configurations): tracking is off and the old bug is back. Pools still linger, and
                       warn, until the last page is home. A device that writes after its receive queue was destroyed is still the driver's
                       fault. Mappings of memory providers are not seen.""";

    /** @param idBits 0 to 30 */
    public record Options(@Option(value = "21", doc = "width of a page's id in bits, 0 (tracking off) to 30; 21 on PPC64") int idBits) {
        public Options {
            if (idBits < 0 || idBits > 30) {
                throw new IllegalArgumentException("id-bits is 0 to 30");
            }
        }
    }

    private final Kernel kernel;
    private final Options options;
    private final Books books;

    @Inject
    public UnmapAtDestroy(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
        this.books = new Books(kernel.metrics().counter(Metrics.HOT_PATH_NS));
    }

    @Override
    public PoolGuard guardPool(Device device, int poolSize) {
        return new MappedPages(kernel, options.idBits(), books);
    }

    @Override
    public int bytesPerMappedPage() {
        return books.bytesPerPage();
    }
}
