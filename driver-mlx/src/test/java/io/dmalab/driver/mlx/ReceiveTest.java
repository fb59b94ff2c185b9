package io.dmalab.driver.mlx;

import static io.dmalab.driver.mlx.TestMachine.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.netstack.PagePool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiveTest {
    @ParameterizedTest(name = "{0}, {1}-byte pages: {2} WQEs of {3} pages altogether")
    @CsvSource({"STRIDING, 65536, 7, 28", "STRIDING, 4096, 7, 448", "CYCLIC, 65536, 1024, 32", "CYCLIC, 4096, 1024, 512"})
    @DisplayName("mlx-driver.md sections 2 and 3: an idle ring is full: all WQEs but the list's reserved one, each page with "
            + "its bias, mapped by the pool")
    void ring_fill(RqType type, int pageSize, int wqes, int pages) {
        try (TestMachine machine = TestMachine.of(pageSize, options(1, type, 1024, 1500, 0), new Traffic(1, 1, 1, 0), 0)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(1);
                ReceiveQueue rq = machine.ethernet().channels().getFirst().rq();
                PagePool pool = machine.pools().getFirst();
                assertThat(machine.pools()).hasSize(1);
                assertThat(rq.postedWqes()).isEqualTo(wqes);
                assertThat(TestMachine.pagesOf(rq)).hasSize(pages);
                assertThat(pool.mapped()).isEqualTo(pool.inflight()).isGreaterThanOrEqualTo(pages);
                TestMachine.pagesOf(rq).keySet().forEach(page -> assertThat(pool.owners(page)).isEqualTo(pageSize / 64));
            });
        }
    }

    @ParameterizedTest(name = "{0}, {1}-byte pages, MTU {2}")
    @CsvSource({"STRIDING, 65536, 1500", "STRIDING, 4096, 1500", "STRIDING, 4096, 9000", "STRIDING, 65536, 9000", "CYCLIC, 65536, 1500",
        "CYCLIC, 4096, 1500", "CYCLIC, 4096, 5000", "CYCLIC, 4096, 9000"})
    @DisplayName("mlx-driver.md invariant 5: owners of a page = bias - fragments while its WQE has it + packets that own it, "
            + "after every event")
    void owners_add_up(RqType type, int pageSize, int mtu) {
        try (TestMachine machine = TestMachine.of(pageSize, options(1, type, 256, mtu, 0), new Traffic(900, mtu, 5, 3000), 1)) {
            int[] checks = new int[1];
            machine.kernel.afterEveryEvent(() -> checks[0] += checkOwners(machine));
            machine.run(() -> {
                machine.bind();
                for (int i = 0; i < 20; i++) {
                    machine.sleepMillis(1);
                    machine.keeper.releaseSome(i * 7);
                }
                machine.netdevs().close(machine.netdev());
                machine.keeper.releaseAll();
            });
            assertThat(checks[0]).isGreaterThan(1000);
            assertThat(machine.core().counters().written().value()).isGreaterThan(2000);
            assertThat(machine.kernel.findingRecords()).isEmpty();
        }
    }

    private static int checkOwners(TestMachine machine) {
        if (machine.core() == null || machine.pools().isEmpty()) {
            return 0;
        }
        PagePool pool = machine.pools().getFirst();
        int[] owners = new int[machine.kernel.pages().highWater()];
        machine.keeper.forEach(skb -> {
            for (int i = 0; i < machine.skbs().frags(skb); i++) {
                owners[machine.skbs().page(skb, i)]++;
            }
        });
        for (Channel channel : machine.ethernet().channels()) {
            int bias = channel.rq().layout.bias();
            channel.rq().forEachPage((page, fragments) -> {
                require(fragments < bias, "mlx-driver.md invariant 8: fragments of a page are fewer than its bias");
                owners[page] += bias - fragments;
            });
        }
        int owned = 0;
        for (int page = 0; page < owners.length; page++) {
            if (owners[page] > 0) {
                require(pool.owners(page) == owners[page], "owners of a page add up");
                owned++;
            }
        }
        return owned;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    @Test
    @DisplayName("mlx-driver.md invariant 8: payload of a packet is one fragment for each page it touches; a coalesced part costs no owner")
    void fragments_of_a_jumbo_packet() {
        try (TestMachine machine = TestMachine.of(4096, options(1, RqType.STRIDING, 256, 9000, 0), new Traffic(100_000, 9000, 1, 1), 1)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(5);
                int skb = machine.keeper.first();
                assertThat(machine.skbs().length(skb)).isEqualTo(9000);
                assertThat(machine.skbs().frags(skb)).isEqualTo(3);
                ReceiveQueue rq = machine.ethernet().channels().getFirst().rq();
                assertThat(TestMachine.pagesOf(rq).get(machine.skbs().page(skb, 0))).isOne();
                assertThat(machine.skbs().fragLength(skb, 0)).isEqualTo(4096 - 256);
                machine.keeper.releaseAll();
            });
        }
    }

    @ParameterizedTest(name = "{0}, {1}-byte pages, {2} channels")
    @CsvSource({"STRIDING, 65536, 1", "STRIDING, 4096, 2", "CYCLIC, 65536, 2", "CYCLIC, 4096, 1"})
    @DisplayName("every packet that arrives is received, dropped for want of a buffer, or steered away; overload drops, a light "
            + "load does not")
    void accounting(RqType type, int pageSize, int channels) {
        long light = drops(type, pageSize, channels, 1000);
        long heavy = drops(type, pageSize, channels, 20);

        assertThat(light).isZero();
        assertThat(heavy).isPositive();
    }

    private static long drops(RqType type, int pageSize, int channels, long gap) {
        Traffic traffic = new Traffic(gap, 1500, 64, 40_000);
        try (TestMachine machine = TestMachine.of(pageSize, options(channels, type, 1024, 1500, 0), traffic, 0)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(60);
            });
            var counters = machine.core().counters();
            assertThat(traffic.sent()).isEqualTo(40_000);
            assertThat(counters.written().value() + machine.dropped() + counters.steeredAway().value()).isEqualTo(40_000);
            assertThat(counters.notReady().value() + counters.oversize().value()).isZero();
            assertThat(machine.kernel.findingRecords()).isEmpty();
            return machine.dropped();
        }
    }

    @Test
    @DisplayName("mlx-driver.md section 4: pages of a consumed WQE are released when its slot is refilled, not before")
    void release_is_deferred() {
        try (TestMachine machine = TestMachine.of(65536, options(1, RqType.STRIDING, 1024, 1500, 0), new Traffic(1000, 1500, 1, 128), 0)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(5);
                ReceiveQueue rq = machine.ethernet().channels().getFirst().rq();
                assertThat(machine.core().counters().written().value()).isEqualTo(128);
                assertThat(rq.postedWqes()).as("one WQE is consumed, and refills wait for two").isEqualTo(6);
                assertThat(TestMachine.pagesOf(rq)).as("its pages stay with it").hasSize(28);
            });
        }
    }

    @Test
    @DisplayName("the ring recovers from a time in which no page could be mapped")
    void mapping_exhaustion() {
        for (RqType type : RqType.values()) {
            try (TestMachine machine = TestMachine.of(4096, options(1, type, 256, 1500, 0), new Traffic(200, 1500, 4, 20_000), 1)) {
                List<Long> written = new ArrayList<>();
                machine.run(() -> {
                    machine.bind();
                    machine.sleepMillis(1);
                    machine.iommu.limit = machine.iommu.used();
                    machine.kernel.sched().sleepNanos(200_000);
                    written.add(machine.core().counters().written().value());
                    assertThat(machine.dropped()).isPositive();
                    machine.iommu.limit = Integer.MAX_VALUE;
                    machine.keeper.releaseAll();
                    // something else has to make NAPI run: the completion of a packet that is sent
                    machine.netdevs().xmit(machine.netdev(), machine.skbs().allocPages(60, machine.netdev(), 0));
                    machine.sleepMillis(1);
                    written.add(machine.core().counters().written().value());
                    machine.kernel.devices().unbind(machine.device());
                    machine.keeper.releaseAll();
                });
                assertThat(written.get(1)).as("%s", type).isGreaterThan(written.get(0));
                assertThat(machine.iommu.used()).isZero();
            }
        }
    }

    @Test
    @DisplayName("a write that the host bridge refuses stops the adapter; removing it still frees everything")
    void frozen_device() {
        try (TestMachine machine =
                TestMachine.of(65536, options(1, RqType.STRIDING, 1024, 1500, 16), new Traffic(1000, 1500, 4, 20_000), 0.2)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(2);
                machine.iommu.faulty = true;
                machine.sleepMillis(2);
                assertThat(machine.kernel.dma().frozen(machine.device())).isTrue();
                long written = machine.core().counters().written().value();
                machine.iommu.faulty = false;
                machine.sleepMillis(2);
                assertThat(machine.core().counters().written().value()).isEqualTo(written);
                machine.kernel.devices().unbind(machine.device());
                machine.keeper.releaseAll();
            });
            assertThat(machine.iommu.used()).isZero();
            assertThat(machine.pagesInUse()).isZero();
            assertThat(machine.log("mlx5:mlx5_cmd")).anyMatch(line -> line.contains("DESTROY_RQ") && line.contains("-5"));
        }
    }

    @Test
    void the_same_seed_gives_the_same_stream_of_events() {
        assertThat(digest(500)).isEqualTo(digest(500)).isNotEqualTo(digest(501));
    }

    private static long digest(long gap) {
        try (TestMachine machine =
                TestMachine.of(4096, options(4, RqType.STRIDING, 1024, 1500, 8), new Traffic(gap, 1500, 32, 10_000), 0.1)) {
            machine.run(() -> {
                machine.bind();
                machine.sleepMillis(8);
                machine.kernel.devices().unbind(machine.device());
                machine.keeper.releaseAll();
            });
            return machine.kernel.digest();
        }
    }
}
