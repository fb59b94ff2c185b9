package io.dmalab.driver.mlx;

import static io.dmalab.driver.mlx.TestMachine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.driver.mlx.hardware.ReceiveHardware.State;
import io.dmalab.netstack.PagePool;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What closing an interface does, in which order, and what it leaves behind.
 *
 * <pre>
 * traffic ──────────┐ close                                          holders let go
 *                   ├ RQ disabled, NAPI disabled ┤ RQ destroyed ┤ pages unmapped ┤ ... ┤ last pages unmapped, pools gone
 * </pre>
 */
class CloseTest {
    @ParameterizedTest(name = "{0}, {1}-byte pages, MTU {2}")
    @CsvSource({"STRIDING, 65536, 1500", "STRIDING, 4096, 1500", "STRIDING, 4096, 9000", "CYCLIC, 65536, 1500", "CYCLIC, 4096, 1500",
        "CYCLIC, 4096, 5000"})
    @DisplayName("mlx-driver.md invariant 2: the hardware queue is destroyed before the first unmap that the close causes")
    void hardware_goes_first(RqType type, int pageSize, int mtu) {
        try (TestMachine machine = TestMachine.of(pageSize, options(1, type, 1024, mtu, 16), new Traffic(500, mtu, 8, 20_000), 0.5)) {
            int[] close = new int[1];
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(5);
                close[0] = machine.events.size();
                machine.netdevs().close(machine.netdev());
                machine.keeper.releaseAll();
            });
            List<TraceRecord> after = machine.events.subList(close[0], machine.events.size());
            int destroyed = first(after, "mlx5:mlx5_cmd", "DESTROY_RQ");
            int unmapped = first(after, "dma:dma_unmap_page", "FROM_DEVICE");
            assertThat(destroyed).isNotNegative();
            assertThat(unmapped).isGreaterThan(destroyed);
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    private static int first(List<TraceRecord> events, String name, String word) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).type().name().equals(name) && events.get(i).values().contains(word)) {
                return i;
            }
        }
        return -1;
    }

    @Test
    @DisplayName("mlx-driver.md section 6: first every channel is deactivated, then each is closed: RQ, SQs, CQs")
    void order_of_close() {
        try (TestMachine machine =
                TestMachine.of(65536, options(2, RqType.STRIDING, 1024, 1500, 16), new Traffic(1000, 1500, 8, 10_000), 0)) {
            int[] close = new int[1];
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(5);
                close[0] = machine.events.size();
                machine.netdevs().close(machine.netdev());
            });
            List<String> seen = machine.events.subList(close[0], machine.events.size()).stream()
                    .filter(e -> e.type() == MlxEvents.COMMAND || e.type() == MlxEvents.CHANNEL || e.type() == MlxEvents.FREE_RX)
                    .map(e -> e.type() == MlxEvents.FREE_RX ? "free_rx_descs"
                            : e.type() == MlxEvents.COMMAND ? (String) e.values().get(1) : e.values().get(2) + " " + e.values().get(1))
                    .toList();

            assertThat(seen).containsExactly("inactive 0", "inactive 1",
                    "DESTROY_RQ", "free_rx_descs", "DESTROY_SQ", "DESTROY_SQ", "DESTROY_CQ", "DESTROY_CQ", "DESTROY_CQ", "closed 0",
                    "DESTROY_RQ", "free_rx_descs", "DESTROY_SQ", "DESTROY_SQ", "DESTROY_CQ", "DESTROY_CQ", "DESTROY_CQ", "closed 1");
        }
    }

    @ParameterizedTest(name = "{0}, {1}-byte pages, MTU {2}")
    @CsvSource({"STRIDING, 65536, 1500", "STRIDING, 4096, 1500", "STRIDING, 4096, 9000", "CYCLIC, 65536, 1500", "CYCLIC, 4096, 1500",
        "CYCLIC, 4096, 5000"})
    @DisplayName("mlx-driver.md invariant 3: after the close no WQE owns a page, and what is mapped is exactly what packets in "
            + "the stack own")
    void what_is_left(RqType type, int pageSize, int mtu) {
        try (TestMachine machine = TestMachine.of(pageSize, options(1, type, 1024, mtu, 0), new Traffic(700, mtu, 8, 5000), 0.3)) {
            TreeSet<Integer> owned = new TreeSet<>();
            int[] left = new int[4];
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(3);
                ReceiveQueue rq = machine.ethernet().channels().getFirst().rq();
                PagePool pool = machine.pools().getFirst();
                machine.netdevs().close(machine.netdev());
                machine.keeper.forEach(skb -> {
                    for (int i = 0; i < machine.skbs().frags(skb); i++) {
                        owned.add(machine.skbs().page(skb, i));
                    }
                });
                left[0] = TestMachine.pagesOf(rq).size();
                left[1] = pool.inflight();
                left[2] = pool.mapped();
                left[3] = machine.ledger.streaming(machine.device());
                assertThat(pool.isDestroyed()).isTrue();
                assertThat(rq.hardware().state()).isEqualTo(State.DESTROYED);
                machine.keeper.releaseAll();
                machine.sleepMillis(1100);
                assertThat(machine.pools()).isEmpty();
            });
            assertThat(owned).isNotEmpty();
            assertThat(left).containsExactly(0, owned.size(), owned.size(), owned.size() + machine.core().firmwarePageCount());
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"STRIDING, 65536", "CYCLIC, 4096"})
    @DisplayName("mlx-driver.md invariant 3, with the 2025 fix: nothing is mapped after the close, though the pool "
            + "waits for its pages as before")
    void what_is_left_when_the_pool_tracks_its_mappings(RqType type, int pageSize) {
        KernelConfig config = KernelConfig.basic(1).withProfile(KernelProfile.V6_16).withPageSize(pageSize);
        try (TestMachine machine = new TestMachine(config, options(1, type, 1024, 1500, 0), false, new Traffic(700, 1500, 8, 5000), 0.3,
                new FreePolicy() {})) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(3);
                PagePool pool = machine.pools().getFirst();
                machine.netdevs().close(machine.netdev());
                assertThat(pool.mapped()).isZero();
                assertThat(pool.inflight()).isPositive();
                assertThat(machine.ledger.streaming(machine.device())).isEqualTo(machine.core().firmwarePageCount());
                machine.kernel.devices().unbind(machine.device());
                machine.keeper.releaseAll();
            });
            assertThat(machine.iommu.lateUnmaps()).isZero();
            assertThat(machine.pools()).isEmpty();
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    @DisplayName("mlx-driver.md invariant 6: a second close does nothing; on a detached device close answers -ENODEV and frees nothing")
    void close_is_idempotent() {
        try (TestMachine machine = TestMachine.of(65536, options(1, RqType.STRIDING, 1024, 1500, 0), new Traffic(1000, 1500, 8, 1000), 0)) {
            List<Integer> answers = new ArrayList<>();
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(1);
                answers.add(machine.ethernet().stop());
                int events = machine.log("mlx5:").size();
                answers.add(machine.ethernet().stop());
                assertThat(machine.log("mlx5:")).hasSize(events);
                assertThat(machine.ethernet().channels()).isEmpty();
                answers.add(machine.ethernet().open());
                machine.ethernet().detach();
                assertThat(machine.ethernet().channels()).isEmpty();
                answers.add(machine.ethernet().stop());
                answers.add(machine.ethernet().attach());
                assertThat(machine.ethernet().channels()).hasSize(1);
                machine.kernel.devices().unbind(machine.device());
            });
            assertThat(answers).containsExactly(0, 0, 0, -MlxException.ENODEV, 0);
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"0.0", "0.5", "1.0"})
    @DisplayName("mlx-driver.md invariant 7: the removal takes as long whatever the stack holds")
    void duration_is_independent_of_holders(double keep) {
        try (TestMachine machine =
                TestMachine.of(65536, options(1, RqType.STRIDING, 1024, 1500, 0), new Traffic(1000, 1500, 8, 3000), keep)) {
            long[] duration = new long[1];
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(10);
                long start = machine.kernel.now();
                machine.kernel.devices().unbind(machine.device());
                duration[0] = machine.kernel.now() - start;
                machine.keeper.releaseAll();
            });
            assertThat(duration[0]).isEqualTo(removalOfAnIdleInterface());
        }
    }

    private static long removalOfAnIdleInterface() {
        try (TestMachine machine = TestMachine.of(65536, options(1, RqType.STRIDING, 1024, 1500, 0), new Traffic(1000, 1500, 8, 0), 0)) {
            long[] duration = new long[1];
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(10);
                long start = machine.kernel.now();
                machine.kernel.devices().unbind(machine.device());
                duration[0] = machine.kernel.now() - start;
            });
            return duration[0];
        }
    }

    @ParameterizedTest(name = "{0}, {1}-byte pages, legacy {2}")
    @CsvSource({"STRIDING, 65536, false", "STRIDING, 4096, false", "CYCLIC, 65536, false", "CYCLIC, 4096, false", "STRIDING, 65536, true",
        "CYCLIC, 4096, true"})
    @DisplayName("mlx-driver.md section 10: after a removal under load nothing is left once the stack has let go: no mapping, "
            + "pool, packet or page")
    void nothing_is_leaked(RqType type, int pageSize, boolean legacy) {
        try (TestMachine machine =
                TestMachine.with(pageSize, options(2, type, 1024, 1500, 4), legacy, new Traffic(300, 1500, 16, 50_000), 0.1)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(8);
                machine.kernel.devices().unbind(machine.device());
                machine.sleepMillis(1);
                machine.keeper.releaseAll();
            });
            assertThat(machine.ledger.live(machine.device())).isZero();
            assertThat(machine.iommu.used()).isZero();
            assertThat(machine.pools()).isEmpty();
            assertThat(machine.skbs().live()).isZero();
            assertThat(machine.pagesInUse()).isZero();
            assertThat(machine.kernel.findingRecords().stream().filter(f -> !f.kind().toString().equals("late-unmap"))).isEmpty();
        }
    }
}
