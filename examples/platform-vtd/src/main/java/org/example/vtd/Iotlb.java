package org.example.vtd;

// tag::iotlb
/**
 * The IOTLB: what the remapping unit remembers of page tables that it has walked (VT-d specification, "IOTLB"; sizes and replacement are
 * not public, so this one is direct-mapped). Entries are tagged with the domain's id. What is not mapped is never kept (no caching mode).
 * Left out: paging-structure caches, large pages, device TLBs (ATS).
 */
final class Iotlb {
    private static final int PAGE_BITS = 36;

    private final int mask;
    /** Domain and page; 0 is no entry, since no domain has id 0. */
    private final long[] tags;
    private final long[] ptes;

    /** @param size a power of two */
    Iotlb(int size) {
        mask = size - 1;
        tags = new long[size];
        ptes = new long[size];
    }

    /** The page table entry as it was when it was looked up, or 0. */
    long lookup(int domain, long page) {
        int slot = slot(domain, page);
        return tags[slot] == tag(domain, page) ? ptes[slot] : 0;
    }

    void fill(int domain, long page, long pte) {
        int slot = slot(domain, page);
        tags[slot] = tag(domain, page);
        ptes[slot] = pte;
    }

    /** Page-selective invalidation. */
    void forget(int domain, long firstPage, long pages) {
        for (long page = firstPage; page < firstPage + pages; page++) {
            int slot = slot(domain, page);
            if (tags[slot] == tag(domain, page)) {
                tags[slot] = 0;
            }
        }
    }

    /** Domain-selective invalidation. */
    void forget(int domain) {
        for (int slot = 0; slot < tags.length; slot++) {
            if (tags[slot] >>> PAGE_BITS == domain) {
                tags[slot] = 0;
            }
        }
    }

    private static long tag(int domain, long page) {
        return (long) domain << PAGE_BITS | page;
    }

    private int slot(int domain, long page) {
        return (int) (page ^ page >>> 9 ^ domain) & mask;
    }
}
// end::iotlb
