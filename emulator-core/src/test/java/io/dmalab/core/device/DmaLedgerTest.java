package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.random.Streams;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DmaLedgerTest {
    private static final int PAGE = 65536;
    private static final DmaDirection FROM = DmaDirection.FROM_DEVICE;

    private final Rig rig = new Rig();
    private final DeviceImpl device = rig.plug();

    @AfterEach
    void close() {
        rig.close();
    }

    private record Naive(long bytes, DmaDirection direction, boolean coherent, long since) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("free-policies.md invariant 3: maps == unmaps + still mapped, and the ledger is a plain map's equal at every step")
    void agreesWithANaiveMap(long seed) {
        rig.bound(device, () -> mapAndUnmapAtRandom(new Streams(seed).stream("ledger")));
        assertThat(rig.kinds()).isEmpty();
    }

    private void mapAndUnmapAtRandom(RandomStream random) {
        TreeMap<Long, Naive> naive = new TreeMap<>();
        long maps = 0;
        for (int step = 0; step < 2_000; step++) {
            if (random.chance(step < 1_200 ? 0.6 : 0.4) || naive.isEmpty()) {
                Naive entry = new Naive(1 + random.nextInt(3 * PAGE), DmaDirection.values()[random.nextInt(3)], random.chance(0.1),
                        rig.kernel.clock().now());
                naive.put(map(entry, random.nextInt(PAGE)), entry.coherent() ? coherent(entry) : entry);
                maps++;
            } else {
                List<Long> addresses = List.copyOf(naive.keySet());
                long address = addresses.get(random.nextInt(addresses.size()));
                unmap(address, naive.remove(address));
            }
            rig.kernel.sched().sleepNanos(random.nextInt(3));
            assertThat(rig.count(DmaLedger.MAPS)).isEqualTo(maps).isEqualTo(rig.count(DmaLedger.UNMAPS) + rig.count(DmaLedger.LIVE));
            assertThat(rig.ledger.live(device)).isEqualTo(naive.size());
        }
        assertThat(rig.ledger.verify(device)).isEmpty();
        List<Long> expected = naive.entrySet().stream()
                .sorted(Comparator.comparingLong(e -> e.getValue().since()))
                .map(TreeMap.Entry::getKey).toList();
        assertThat(rig.ledger.snapshot(device)).extracting(DmaLedger.Live::address).containsExactlyElementsOf(expected);
        assertThat(rig.ledger.snapshot(device)).allSatisfy(live -> assertThat(naive.get(live.address()))
                .isEqualTo(new Naive(live.bytes(), live.direction(), live.coherent(), live.sinceNanos())));
        naive.forEach(this::unmap);
        assertThat(rig.ledger.verify(device)).isEmpty();
        assertThat(rig.count(DmaLedger.LIVE)).isZero();
    }

    private static Naive coherent(Naive entry) {
        return new Naive(entry.bytes(), DmaDirection.BIDIRECTIONAL, true, entry.since());
    }

    private long map(Naive entry, int offset) {
        return entry.coherent() ? rig.dma.allocCoherent(device, entry.bytes())
                : rig.dma.mapPage(device, rig.kernel.pages().alloc(), offset, (int) entry.bytes(), entry.direction());
    }

    private void unmap(long address, Naive entry) {
        if (entry.coherent()) {
            rig.dma.freeCoherent(device, address, entry.bytes());
        } else {
            rig.dma.unmapPage(device, address, (int) entry.bytes(), entry.direction());
        }
    }

    @Test
    @DisplayName("real-world-reports.md E2: a snapshot says who mapped, when, and who holds the page now")
    void aSnapshotSaysWhoMappedWhenAndWhoHolds() {
        rig.bound(device, () -> {
            rig.kernel.sched().msleep(1000);
            int page = rig.kernel.pages().alloc();
            rig.dma.mapPage(device, page, 0, PAGE, FROM);
            rig.kernel.pages().heldBy(page, rig.kernel.pages().holder("tcp receive queue, reader asleep"));
            rig.kernel.sched().at(rig.kernel.clock().now() + 5, ContextKind.SOFTIRQ, 3,
                    arg -> rig.dma.mapPage(device, (int) arg, 0, 1500, FROM), rig.kernel.pages().alloc());
        });

        List<DmaLedger.Live> live = rig.ledger.snapshot(device);
        assertThat(live).extracting(DmaLedger.Live::mappedBy).containsExactly("drmgr:1001", "softirq on CPU 3");
        assertThat(live.get(0).holder()).isEqualTo("tcp receive queue, reader asleep");
        assertThat(live.get(1).bytes()).isEqualTo(1500);
        assertThat(live.get(1).sinceNanos() - live.get(0).sinceNanos()).isEqualTo(5);
        assertThat(rig.ledger.oldest(device)).contains(live.get(0));
    }

    @Test
    void aFreedPageHasNoHolder() {
        rig.bound(device, () -> {
            int page = rig.kernel.pages().alloc();
            rig.dma.mapPage(device, page, 0, PAGE, FROM);
            rig.kernel.pages().put(page);
        });

        assertThat(rig.ledger.oldest(device).orElseThrow().holder()).isEqualTo("nobody: the page is free");
    }

    @Test
    void removedDevicesStayInTheBooks() {
        DeviceImpl other = rig.plug("0019:01:00.0", "eth5");
        rig.run(() -> {
            rig.devices.bind(device);
            rig.devices.bind(other);
            rig.dma.mapPage(other, rig.kernel.pages().alloc(), 0, PAGE, FROM);
            rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, PAGE, FROM);
            rig.dma.allocCoherent(device, PAGE);
            device.get();
            rig.devices.remove(device);
        });

        assertThat(rig.ledger.devices()).containsExactly(other, device);
        assertThat(rig.ledger.leaked()).isEqualTo(2);
        assertThat(rig.ledger.streaming(device)).isEqualTo(1);
        assertThat(rig.ledger.oldest(rig.plug("0020:01:00.0", "eth6"))).isEmpty();
    }

    @Test
    void verifySeesABackendThatForgot() {
        rig.bound(device, () -> {
            rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, PAGE, FROM);
            rig.iommu.entries.clear();
        });

        assertThat(rig.ledger.verify(device)).singleElement().asString().contains("holds 1 mappings").contains("says it is not in use");
    }

    @Test
    void verifySeesABackendThatKept() {
        rig.bound(device, () -> rig.iommu.entries.put(1L, 1L));

        assertThat(rig.ledger.verify(device)).singleElement().asString().contains("holds 0 mappings").contains("says it is in use");
    }

    @Test
    void verifySeesMappingsThatOverlap() {
        rig.bound(device, () -> {
            long first = rig.iommu.next;
            rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, 2 * PAGE, FROM);
            rig.iommu.next = first + PAGE;
            rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, PAGE, FROM);
        });

        assertThat(rig.ledger.verify(device)).singleElement().asString()
                .contains("0x800000000010000").contains("0x800000000020000").contains("overlap");
    }

    @Test
    void whatIsUnmappedTwiceIsNotCountedTwice() {
        rig.bound(device, () -> {
            long address = rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, PAGE, FROM);
            rig.dma.unmapPage(device, address, PAGE, FROM);
            rig.dma.unmapPage(device, address, PAGE, FROM);
        });

        assertThat(rig.count(DmaLedger.MAPS)).isEqualTo(1);
        assertThat(rig.count(DmaLedger.UNMAPS)).isEqualTo(1);
        assertThat(rig.count(DmaLedger.LIVE)).isZero();
        assertThat(rig.findings(FindingKind.DOUBLE_UNMAP)).hasSize(1);
    }
}
