package io.dmalab.driver.mlx;

import static io.dmalab.driver.mlx.TestMachine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.config.Span;
import io.dmalab.netstack.PagePool;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TransmitTest {
    @Test
    @DisplayName("mlx-driver.md invariant 4: the DMA FIFOs hold exactly the mapped send buffers, after every event; none is "
            + "left after the close")
    void fifo_equals_mappings() {
        try (TestMachine machine =
                TestMachine.of(65536, options(2, RqType.STRIDING, 1024, 1500, 2), new Traffic(300, 1500, 16, 30_000), 0)) {
            int[] most = new int[1];
            machine.kernel.afterEveryEvent(() -> {
                if (machine.core() != null && machine.core().ethernet() != null) {
                    int fifo = machine.ethernet().channels().stream().mapToInt(c -> c.sq().mappings()).sum();
                    int received = machine.pools().stream().mapToInt(PagePool::mapped).sum();
                    assertThat(machine.ledger.streaming(machine.device()) - received - machine.core().firmwarePageCount()).isEqualTo(fifo);
                    most[0] = Math.max(most[0], fifo);
                }
            });
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(5);
                machine.netdevs().close(machine.netdev());
                assertThat(machine.ledger.streaming(machine.device())).isEqualTo(machine.core().firmwarePageCount());
            });
            assertThat(most[0]).isGreaterThan(10);
            assertThat(machine.skbs().live()).isZero();
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("mlx-driver.md section 5: packets of several fragments: every piece has a mapping of its own, all end with the completion")
    void fragmented_packets_and_a_full_ring() {
        Span coalesce = Span.parse("16us");
        MlxOptions small = new MlxOptions(1, 1024, 64, RqType.STRIDING, 1500, true, coalesce, 32, coalesce, 32, 0, Span.parse("100ns"),
                Span.parse("50us"), 16);
        try (TestMachine machine = TestMachine.of(4096, small, new Traffic(1, 1, 1, 0), 0)) {
            int[] accepted = new int[1];
            machine.run(() -> {
                machine.bind();
                for (int i = 0; i < 500; i++) {
                    int skb = machine.skbs().allocPages(5 * 4096, machine.netdev(), 0);
                    accepted[0] += machine.netdevs().xmit(machine.netdev(), skb) ? 1 : 0;
                }
                int mapped = machine.ethernet().channels().getFirst().sq().mappings();
                assertThat(mapped).isPositive().isLessThanOrEqualTo(64 * 4);
                assertThat(mapped % 5).isZero();
                machine.sleepMillis(20);
                assertThat(machine.ethernet().channels().getFirst().sq().mappings()).isZero();
            });
            assertThat(accepted[0]).as("what does not fit the ring waits in the qdisc").isEqualTo(500);
            assertThat(machine.skbs().live()).isZero();
        }
    }

    @Test
    @DisplayName("mlx-driver.md section 5: a packet whose second piece cannot be mapped is dropped and its first mapping undone")
    void mapping_failure() {
        try (TestMachine machine = TestMachine.of(4096, options(1, RqType.STRIDING, 64, 1500, 0), new Traffic(1, 1, 1, 0), 0)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(1);
                int before = machine.iommu.used();
                machine.iommu.limit = before + 1;
                machine.netdevs().xmit(machine.netdev(), machine.skbs().allocPages(2 * 4096, machine.netdev(), 0));
                assertThat(machine.iommu.used()).isEqualTo(before);
                assertThat(machine.log("mlx5:mlx5e_tx_dropped")).hasSize(1);
                assertThat(machine.skbs().live()).isZero();
            });
        }
    }
}
