package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.core.random.Xoshiro;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkBuffsTest {
    @Test
    @DisplayName("netstack-holders.md 1: a packet round page memory is one pool owner; its release recycles the page")
    void build() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                NetDevice dev = rig.netdev("eth4");
                int page = pool.allocPage();
                pool.fragment(page, 1024);
                int skb = rig.skbs.build(page, 2048, 1514, 2048, dev, 7);
                pool.put(page, 1023, false);
                assertThat(rig.skbs.length(skb)).isEqualTo(1514);
                assertThat(rig.skbs.truesize(skb)).isEqualTo(2048 + 256);
                assertThat(rig.skbs.flow(skb)).isEqualTo(7);
                assertThat(rig.skbs.cpu(skb)).isZero();
                assertThat(rig.skbs.dev(skb)).isSameAs(dev);
                assertThat(rig.skbs.recycles(skb)).isTrue();
                assertThat(rig.skbs.frags(skb)).isEqualTo(1);
                assertThat(rig.skbs.page(skb, 0)).isEqualTo(page);
                assertThat(rig.skbs.fragOffset(skb, 0)).isEqualTo(2048);
                assertThat(rig.skbs.fragLength(skb, 0)).isEqualTo(1514);
                assertThat(pool.ringCount()).isZero();
                rig.skbs.release(skb);
                assertThat(pool.ringCount()).isEqualTo(1);
                assertThat(rig.skbs.live()).isZero();
            });
        }
    }

    @Test
    @DisplayName("mlx-driver.md invariant 8: a fragment that continues the last one takes no further owner")
    void coalescing() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.fragment(page, 2);
                int skb = rig.skbs.allocCopy(128, null, 0);
                assertThat(rig.skbs.frags(skb)).isZero();
                assertThat(rig.skbs.addFrag(skb, page, 0, 4096, 4096)).isTrue();
                assertThat(rig.skbs.canCoalesce(skb, page, 4096)).isTrue();
                assertThat(rig.skbs.addFrag(skb, page, 4096, 61440, 61440)).isFalse();
                assertThat(rig.skbs.fragLength(skb, 0)).isEqualTo(65536);
                assertThat(rig.skbs.canCoalesce(skb, page, 0)).isFalse();
                assertThat(rig.skbs.addFrag(skb, page, 0, 100, 256)).isTrue();
                assertThat(rig.skbs.frags(skb)).isEqualTo(2);
                assertThat(rig.skbs.length(skb)).isEqualTo(128 + 65536 + 100);
                assertThat(rig.skbs.truesize(skb)).isEqualTo(256 + 128 + 65536 + 256);
                rig.skbs.release(skb);
                assertThat(pool.ringCount()).isEqualTo(1);
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    void theLinearPartIsNoFragmentAndNotCoalesced() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                pool.fragment(page, 100);
                int skb = rig.skbs.build(page, 0, 64, 64, null, 0);
                assertThat(rig.skbs.canCoalesce(skb, page, 64)).isFalse();
                for (int i = 0; i < SkBuffs.MAX_FRAGS; i++) {
                    rig.skbs.addFrag(skb, page, 64 + 1000 * i, 10, 10);
                }
                assertThat(rig.skbs.frags(skb)).isEqualTo(18);
                assertThatThrownBy(() -> rig.skbs.addFrag(skb, page, 60_000, 10, 10)).isInstanceOf(IllegalStateException.class);
            });
        }
    }

    @Test
    @DisplayName("netstack-holders.md 1: clones share the data; the page goes with the last one")
    void clones() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int skb = rig.skbs.build(pool.allocPage(), 0, 100, 2048, null, 3);
                int copy = rig.skbs.clone(skb);
                int third = rig.skbs.clone(copy);
                assertThat(rig.skbs.truesize(copy)).isEqualTo(rig.skbs.truesize(skb));
                assertThat(rig.skbs.page(copy, 0)).isEqualTo(rig.skbs.page(skb, 0));
                rig.skbs.release(skb);
                int other = rig.skbs.allocCopy(60, null, 9);
                rig.skbs.release(third);
                assertThat(pool.ringCount()).isZero();
                assertThat(rig.skbs.flow(copy)).isEqualTo(3);
                rig.skbs.release(copy);
                assertThat(pool.ringCount()).isEqualTo(1);
                rig.skbs.release(other);
                assertThat(rig.skbs.live()).isZero();
            });
        }
    }

    @Test
    @DisplayName("netstack-holders.md invariant 2: who keeps only a page reference keeps neither the page in flight nor its mapping")
    void plainReference() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                int skb = rig.skbs.build(page, 0, 100, 2048, null, 3);
                rig.kernel.pages().get(rig.skbs.page(skb, 0));
                rig.skbs.release(skb);
                assertThat(rig.iommu.unmaps).isEqualTo(1);
                assertThat(rig.pools.ofPage(page)).isNull();
                assertThat(rig.kernel.pages().refCount(page)).isEqualTo(1);
                rig.kernel.pages().put(page);
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }

    @Test
    void aSendersPagesComeFromTheAllocator() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                int skb = rig.skbs.allocPages(70_000, null, 0);
                assertThat(rig.skbs.frags(skb)).isEqualTo(2);
                assertThat(rig.skbs.fragLength(skb, 1)).isEqualTo(70_000 - 65536);
                assertThat(rig.skbs.recycles(skb)).isFalse();
                int page = rig.skbs.page(skb, 0);
                rig.skbs.release(skb);
                assertThat(rig.kernel.pages().refCount(page)).isZero();
                assertThatThrownBy(() -> rig.skbs.allocPages(0, null, 0)).isInstanceOf(IllegalArgumentException.class);
            });
        }
    }

    @Test
    void releasedTwiceIsAFinding() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                int skb = rig.skbs.allocCopy(60, null, 0);
                rig.skbs.release(skb);
                rig.skbs.release(skb);
            });
            assertThat(rig.findings(FindingKind.DOUBLE_FREE)).hasSize(1);
        }
    }

    @Test
    void theLedgerKnowsWhoHasThePages() {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                PagePool pool = rig.pools.create(rig.params());
                int page = pool.allocPage();
                int skb = rig.skbs.build(page, 0, 100, 2048, null, 0);
                rig.skbs.heldBy(skb, rig.kernel.pages().holder("tcp receive queue"));
                assertThat(rig.kernel.pages().holderOf(page)).isEqualTo("tcp receive queue");
            });
        }
    }

    /** Random packets of random pieces, cloned and released at random: the owners of every page always add up. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    @DisplayName("netstack-holders.md invariant 1: the sum over packets of owners is pp_ref_count")
    void ownersAddUp(int seed) {
        try (NetRig rig = new NetRig()) {
            rig.run(() -> {
                Xoshiro random = new Xoshiro(seed);
                PagePool pool = rig.pools.create(rig.params());
                List<Integer> pages = PagePoolTest.allocate(pool, 5);
                Map<Integer, Integer> owners = new LinkedHashMap<>();
                pages.forEach(page -> pool.fragment(page, 100_000));
                // each element: packets that share data, and the pages of that data
                List<List<Integer>> sharers = new ArrayList<>();
                List<List<Integer>> data = new ArrayList<>();
                for (int step = 0; step < 2000; step++) {
                    int what = random.nextInt(10);
                    if (what < 4 || sharers.isEmpty()) {
                        List<Integer> used = new ArrayList<>();
                        used.add(pages.get(random.nextInt(5)));
                        int skb = rig.skbs.build(used.getFirst(), 0, 10, 10, null, 0);
                        for (int i = random.nextInt(18); i > 0; i--) {
                            int page = pages.get(random.nextInt(5));
                            if (rig.skbs.addFrag(skb, page, random.nextInt(65000), 10, 10)) {
                                used.add(page);
                            }
                        }
                        used.forEach(page -> owners.merge(page, 1, Integer::sum));
                        sharers.add(new ArrayList<>(List.of(skb)));
                        data.add(used);
                    } else if (what < 6) {
                        List<Integer> group = sharers.get(random.nextInt(sharers.size()));
                        group.add(rig.skbs.clone(group.getFirst()));
                    } else {
                        int index = random.nextInt(sharers.size());
                        List<Integer> group = sharers.get(index);
                        rig.skbs.release(group.remove(random.nextInt(group.size())));
                        if (group.isEmpty()) {
                            data.get(index).forEach(page -> owners.merge(page, -1, Integer::sum));
                            // the driver's bias stands for packets that were made: it shrinks with each of them
                            sharers.remove(index);
                            data.remove(index);
                        }
                    }
                    assertThat(rig.skbs.live()).isEqualTo(sharers.stream().mapToInt(List::size).sum());
                }
                long made = pages.stream().mapToLong(page -> 100_000 - pool.owners(page)).sum();
                sharers.forEach(group -> group.forEach(rig.skbs::release));
                long all = pages.stream().mapToLong(page -> 100_000 - pool.owners(page)).sum();
                assertThat(all - made).isEqualTo(owners.values().stream().mapToInt(Integer::intValue).sum());
            });
            assertThat(rig.kernel.findingRecords()).isEmpty();
        }
    }
}
