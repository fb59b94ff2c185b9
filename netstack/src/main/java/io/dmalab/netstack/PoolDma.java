package io.dmalab.netstack;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.policy.PoolGuard;
import java.util.Locale;

/**
 * The DMA side of one pool (page_pool_dma_map, __page_pool_release_page_dma, v6.14): a page is mapped whole when it enters the pool and
 * unmapped when it leaves. Guards, the kernel's own of the profile and the policy's, may refuse a mapping or claim an unmap.
 */
final class PoolDma {
    /** The pool syncs on its own, and only what was written. */
    private static final int ATTRS = DmaApi.ATTR_SKIP_CPU_SYNC | DmaApi.ATTR_WEAK_ORDERING;

    /** Counter of pages that were freed with their mapping. */
    static final String LOST_MAPPINGS = "lost_mappings";

    private final Kernel kernel;
    private final DmaApi dma;
    private final Device device;
    private final DmaDirection direction;
    private final PageFields fields;
    private final PoolGuard builtIn;
    private final PoolGuard policy;
    private final int bytes;
    private boolean dmaMap;
    private boolean dmaSync;
    private int mapped;

    PoolDma(Kernel kernel, PageFields fields, PagePool.Params params, PoolGuard builtIn, PoolGuard policy) {
        this.kernel = kernel;
        this.dma = kernel.dma();
        this.device = params.device();
        this.direction = params.direction();
        this.fields = fields;
        this.builtIn = builtIn;
        this.policy = policy;
        this.bytes = kernel.pages().pageSize();
        this.dmaMap = params.dmaMap();
        this.dmaSync = params.dmaSync();
    }

    boolean maps() {
        return dmaMap;
    }

    boolean syncs() {
        return dmaSync;
    }

    /** Pages with a live mapping. */
    int mapped() {
        return mapped;
    }

    void stopMapping() {
        dmaMap = false;
        dmaSync = false;
    }

    /** True if it was on. */
    boolean stopSync() {
        boolean was = dmaSync;
        dmaSync = false;
        return was;
    }

    /** False if the page could not be mapped or the mapping not be registered. */
    boolean map(int page) {
        if (!dmaMap) {
            return true;
        }
        long address = dma.mapPage(device, page, 0, bytes, direction, ATTRS);
        if (address == DmaApi.MAPPING_ERROR) {
            return false;
        }
        fields.dmaAddress[page] = address;
        mapped++;
        if (!builtIn.mapped(page)) {
            return refused(page);
        }
        if (!policy.mapped(page)) {
            builtIn.claimUnmap(page);
            return refused(page);
        }
        return true;
    }

    /** There is no room to keep book of the page, so it cannot be used. */
    private boolean refused(int page) {
        end(page);
        kernel.metrics().counter(Metrics.REFUSED_PAGES).increment();
        kernel.findings().report(FindingKind.ALLOCATION_FAILURE, "page_pool of " + device.name(),
                "a page was mapped and given back, as no more of them can be tracked");
        return false;
    }

    /** A page leaves the pool: ends its mapping, unless a guard says that this has been done. */
    void release(int page) {
        if (dmaMap && claim(page)) {
            end(page);
        }
        if (fields.dmaAddress[page] != PageFields.UNMAPPED) {
            lose(page);
        }
    }

    /** The page is freed with its mapping: nobody knows its address any more. */
    private void lose(int page) {
        long address = fields.dmaAddress[page];
        fields.dmaAddress[page] = PageFields.UNMAPPED;
        mapped--;
        kernel.metrics().counter(LOST_MAPPINGS).increment();
        kernel.findings().report(FindingKind.LEAK, "page_pool of " + device.name(), () -> String.format(Locale.ROOT,
                "a page was freed with its mapping at DMA address 0x%x, which nobody can end any more", address));
    }

    /** Both are asked, so that both forget the page. */
    private boolean claim(int page) {
        return builtIn.claimUnmap(page) & policy.claimUnmap(page);
    }

    /** Ends the mapping of a page that may be still out. The address is read before anybody else can run. */
    void end(int page) {
        long address = fields.dmaAddress[page];
        if (address == PageFields.UNMAPPED) {
            return;
        }
        fields.dmaAddress[page] = PageFields.UNMAPPED;
        mapped--;
        dma.unmapPage(device, address, bytes, direction, ATTRS);
    }
}
