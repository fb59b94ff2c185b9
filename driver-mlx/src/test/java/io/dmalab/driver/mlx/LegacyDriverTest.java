package io.dmalab.driver.mlx;

import static io.dmalab.driver.mlx.TestMachine.options;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegacyDriverTest {
    @ParameterizedTest(name = "{0}, {1}-byte pages, MTU {2}")
    @CsvSource({"STRIDING, 65536, 1500", "STRIDING, 4096, 1500", "STRIDING, 4096, 9000", "CYCLIC, 65536, 1500", "CYCLIC, 4096, 5000"})
    @DisplayName("mlx-driver.md section 9: after close nothing is mapped although the stack still holds packets; their memory "
            + "lives on; no unmap is late")
    void nothing_is_mapped_after_close(RqType type, int pageSize, int mtu) {
        try (TestMachine machine = TestMachine.with(pageSize, options(1, type, 1024, mtu, 0), true, new Traffic(700, mtu, 8, 5000), 0.3)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(3);
                machine.netdevs().close(machine.netdev());
                assertThat(machine.keeper.held()).isGreaterThan(20);
                assertThat(machine.ledger.streaming(machine.device())).isEqualTo(machine.core().firmwarePageCount());
                machine.keeper.forEach(skb -> {
                    for (int i = 0; i < machine.skbs().frags(skb); i++) {
                        assertThat(machine.kernel.pages().refCount(machine.skbs().page(skb, i))).isPositive();
                    }
                });
                machine.kernel.devices().unbind(machine.device());
                assertThat(machine.iommu.used()).isZero();
                machine.keeper.releaseAll();
            });
            assertThat(machine.iommu.lateUnmaps()).isZero();
            assertThat(machine.pagesInUse()).isZero();
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"STRIDING", "CYCLIC"})
    @DisplayName("free-policies.md P15c: pages that the stack keeps cost a map and an unmap each; pages that come back in time "
            + "are reused mapped")
    void private_cache(RqType type) {
        assertThat(maps(type, 0)).isLessThan(300);
        assertThat(maps(type, 1)).isGreaterThan(1000);
    }

    private static long maps(RqType type, double keep) {
        try (TestMachine machine = TestMachine.with(4096, options(1, type, 256, 1500, 0), true, new Traffic(500, 1500, 8, 10_000), keep)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(10);
                machine.keeper.releaseAll();
            });
            return machine.log("dma:dma_map_page").stream().filter(event -> event.contains("FROM_DEVICE")).count();
        }
    }
}
