package io.dmalab.driver.mlx;

import java.util.ArrayList;
import java.util.List;

/**
 * Sizes that follow from ring size, MTU and page size (drivers/net/ethernet/mellanox/mlx5/core/en/params.c, v6.14). Left out: LRO, header
 * split, XDP headroom, the device's own limits.
 *
 * @param pageShift log2 of the CPU page: 12 or 16
 * @param logRing   log2 of the ring size in packets, 6 to 13
 * @param mtu       bytes of network layer per packet
 */
record RingLayout(RqType type, int pageShift, int logRing, int mtu) {
    /** NET_SKB_PAD on ppc64: one cache line. */
    static final int HEADROOM = 128;
    /** Ethernet header, VLAN tag and FCS. */
    private static final int L2_OVERHEAD = 14 + 4 + 4;
    /** sizeof(struct skb_shared_info) in whole cache lines. */
    private static final int SHARED_INFO = 384;
    private static final int CACHE_LINE = 128;
    private static final int LOG_WQE_BYTES = 18;
    /** At least four multi-packet WQEs. */
    private static final int MIN_LOG_WQES = 2;
    /** Stride of a multi-packet WQE whose packets do not fit one page each. */
    private static final int LOG_NONLINEAR_STRIDE = 8;
    private static final int DEFAULT_FRAGMENT = 2048;
    private static final int MAX_FRAGMENTS = 4;

    int pageSize() {
        return 1 << pageShift;
    }

    /** Longest frame on the wire (MLX5E_SW2HW_MTU). */
    int longestFrame() {
        return mtu + L2_OVERHEAD;
    }

    /** Bytes that a packet of that length needs if an skb is built round it. */
    static int linearBytes(int packet) {
        return aligned(HEADROOM + packet) + SHARED_INFO;
    }

    private static int aligned(int bytes) {
        return bytes + CACHE_LINE - 1 & -CACHE_LINE;
    }

    private static int log2Ceil(int value) {
        return 32 - Integer.numberOfLeadingZeros(value - 1);
    }

    /** A whole packet with headroom and shared info fits one page, so that its skb is built in place. */
    boolean linear() {
        return log2Ceil(linearBytes(longestFrame())) <= pageShift;
    }

    /** log2 of the bytes of a stride (striding), or of a WQE's only fragment (cyclic, linear). */
    int logStride() {
        return linear() ? log2Ceil(linearBytes(longestFrame())) : LOG_NONLINEAR_STRIDE;
    }

    /** Bytes free in front of a packet in its first stride. */
    int headroom() {
        return linear() ? HEADROOM : 0;
    }

    int stridesPerWqe() {
        return 1 << LOG_WQE_BYTES - logStride();
    }

    int pagesPerWqe() {
        return 1 << LOG_WQE_BYTES - pageShift;
    }

    /** log2 of the number of WQEs: packets for a cyclic ring, whole 256 KiB buffers for a striding one. */
    int logWqes() {
        if (type == RqType.CYCLIC) {
            return logRing;
        }
        int logPacketsPerWqe = LOG_WQE_BYTES - log2Ceil(linearBytes(longestFrame()));
        return Math.max(MIN_LOG_WQES, logRing - logPacketsPerWqe);
    }

    /** log2 of the completion queue's entries: one per packet that the posted buffers can take, fillers included. */
    int logCompletions() {
        return type == RqType.CYCLIC ? logRing : logWqes() + LOG_WQE_BYTES - logStride();
    }

    /** Size of the page_pool's recycle ring (facts/mlx-driver.md 3). */
    int poolSize() {
        return type == RqType.CYCLIC ? 1 << logRing : pagesPerWqe() << logWqes();
    }

    /** Pool owners that a page gets before it is posted. */
    int bias() {
        return pageSize() / 64;
    }

    /**
     * A scatter entry of a cyclic WQE.
     *
     * @param headroom bytes left free in front of the data
     * @param bytes    bytes of data it takes
     * @param stride   bytes of its page that it occupies, a power of two
     */
    record Fragment(int headroom, int bytes, int stride) {}

    /**
     * The scatter entries of a cyclic WQE (mlx5e_build_rq_frags_info): one if linear, else up to four of 2 KiB, or of a page where that is
     * too little. An skb is built round the first, so that it has headroom and shared info.
     */
    List<Fragment> fragments() {
        if (linear()) {
            return List.of(new Fragment(HEADROOM, longestFrame(), 1 << logStride()));
        }
        int large = longestFrame() > DEFAULT_FRAGMENT * MAX_FRAGMENTS - HEADROOM - SHARED_INFO ? pageSize() : DEFAULT_FRAGMENT;
        List<Fragment> fragments = new ArrayList<>();
        fragments.add(new Fragment(HEADROOM, large - HEADROOM - SHARED_INFO, large));
        int left = longestFrame() - fragments.getFirst().bytes();
        for (; left > 0; left -= large) {
            int bytes = Math.min(left, large);
            fragments.add(new Fragment(0, bytes, 1 << log2Ceil(bytes)));
        }
        return List.copyOf(fragments);
    }
}
