package io.dmalab.driver.mlx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.driver.mlx.RingLayout.Fragment;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RingLayoutTest {
    private static final int LOG_DEFAULT_RING = 10;

    @ParameterizedTest(name = "{0}-shift pages: pool of {1}, {2} pages a WQE, bias {3}")
    @CsvSource({"12, 512, 64, 64", "16, 32, 4, 1024"})
    @DisplayName("mlx-driver.md section 3: striding, MTU 1500, ring 1024: 8 WQEs of 128 packets; the pool's ring has 512 or 32 slots")
    void default_striding_ring(int pageShift, int poolSize, int pagesPerWqe, int bias) {
        RingLayout layout = new RingLayout(RqType.STRIDING, pageShift, LOG_DEFAULT_RING, 1500);

        assertThat(layout.linear()).isTrue();
        assertThat(layout.logStride()).isEqualTo(11);
        assertThat(layout.stridesPerWqe()).isEqualTo(128);
        assertThat(layout.logWqes()).isEqualTo(3);
        assertThat(layout.pagesPerWqe()).isEqualTo(pagesPerWqe);
        assertThat(layout.poolSize()).isEqualTo(poolSize);
        assertThat(layout.bias()).isEqualTo(bias);
    }

    @ParameterizedTest
    @CsvSource({"12", "16"})
    @DisplayName("mlx-driver.md section 3: the pool of a cyclic ring has as many slots as the ring has packets, however many share a page")
    void cyclic_pool_size(int pageShift) {
        assertThat(new RingLayout(RqType.CYCLIC, pageShift, LOG_DEFAULT_RING, 1500).poolSize()).isEqualTo(1024);
    }

    @Test
    @DisplayName("mlx-driver.md section 2: a striding ring never has fewer than four WQEs")
    void at_least_four_wqes() {
        assertThat(new RingLayout(RqType.STRIDING, 16, 6, 1500).logWqes()).isEqualTo(2);
    }

    @Test
    @DisplayName("mlx-driver.md section 2: jumbo frames on 4 KiB pages fit no page, so the stride is 256 bytes; on 64 KiB pages "
            + "they are linear")
    void jumbo_frames() {
        RingLayout small = new RingLayout(RqType.STRIDING, 12, LOG_DEFAULT_RING, 9000);
        RingLayout large = new RingLayout(RqType.STRIDING, 16, LOG_DEFAULT_RING, 9000);

        assertThat(small.linear()).isFalse();
        assertThat(1 << small.logStride()).isEqualTo(256);
        assertThat(large.linear()).isTrue();
        assertThat(1 << large.logStride()).isEqualTo(16384);
    }

    @ParameterizedTest
    @CsvSource({"12, 1500", "12, 4000", "12, 7000", "12, 9000", "12, 9978", "16, 1500", "16, 9978"})
    @DisplayName("mlx-driver.md section 2: a cyclic WQE has at most four fragments; together they take the longest frame, each fits a page")
    void cyclic_fragments(int pageShift, int mtu) {
        RingLayout layout = new RingLayout(RqType.CYCLIC, pageShift, LOG_DEFAULT_RING, mtu);
        List<Fragment> fragments = layout.fragments();

        assertThat(fragments).hasSizeLessThanOrEqualTo(4);
        assertThat(fragments.stream().mapToInt(Fragment::bytes).sum()).isEqualTo(layout.longestFrame());
        assertThat(fragments).allSatisfy(f -> {
            assertThat(f.headroom() + f.bytes()).isLessThanOrEqualTo(f.stride());
            assertThat(f.stride()).isLessThanOrEqualTo(layout.pageSize());
            assertThat(Integer.bitCount(f.stride())).isOne();
        });
    }

    @ParameterizedTest
    @CsvSource({"STRIDING, 12", "STRIDING, 16", "CYCLIC, 12", "CYCLIC, 16"})
    @DisplayName("mlx-driver.md invariant 8: no page can give away as many fragments as its bias, whatever the MTU")
    void bias_exceeds_fragments_of_a_page(RqType type, int pageShift) {
        for (int mtu = 68; mtu <= 9978; mtu++) {
            RingLayout layout = new RingLayout(type, pageShift, LOG_DEFAULT_RING, mtu);
            int smallest = type == RqType.STRIDING
                    ? 1 << layout.logStride()
                    : layout.fragments().stream().mapToInt(Fragment::stride).min().orElseThrow();
            // Below half a stride a packet of a cyclic ring still takes its whole stride, so strides bound the fragments of a page.
            assertThat(layout.pageSize() / Math.max(smallest, 128)).as("mtu %d", mtu).isLessThan(layout.bias());
        }
    }
}
