package io.dmalab.core.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.device.Device;
import io.dmalab.api.dma.DmaApi;
import io.dmalab.api.dma.DmaDirection;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.tracepoint.DmaEvents;
import io.dmalab.core.kernel.KernelConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DmaMappingTest {
    private static final DmaDirection FROM = DmaDirection.FROM_DEVICE;
    private static final DmaDirection TO = DmaDirection.TO_DEVICE;
    private static final int PAGE = 65536;

    private Rig rig = new Rig();
    private DeviceImpl device = rig.plug();
    private final List<Object> results = new ArrayList<>();

    @AfterEach
    void close() {
        rig.close();
    }

    private void use(Rig other) {
        rig.close();
        rig = other;
        device = rig.plug();
    }

    private long map() {
        return rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, PAGE, FROM);
    }

    private String doubleUnmap() {
        assertThat(rig.kinds()).containsExactly(FindingKind.DOUBLE_UNMAP);
        assertThat(rig.findings(FindingKind.DOUBLE_UNMAP).getFirst().subject()).isEqualTo("0018:01:00.0");
        return rig.findings(FindingKind.DOUBLE_UNMAP).getFirst().detail();
    }

    @Nested
    class Streaming {
        @Test
        void aPairGoesThroughTheBackendAndLeavesNothing() {
            rig.bound(device, () -> {
                long address = map();
                results.add(rig.dma.live(device));
                rig.dma.unmapPage(device, address, PAGE, FROM);
            });

            assertThat(results).containsExactly(1);
            assertThat(rig.dma.live(device)).isZero();
            assertThat(rig.iommu.calls).containsExactly("map 65536", "unmap 65536");
            assertThat(rig.kinds()).isEmpty();
        }

        @Test
        void aFailedMappingIsNotInTheLedger() {
            rig.iommu.next = -1;
            rig.bound(device, () -> results.add(map()));

            assertThat(results).containsExactly(DmaApi.MAPPING_ERROR);
            assertThat(rig.dma.live(device)).isZero();
            assertThat(rig.count(DmaLedger.MAPS)).isZero();
        }

        @Test
        void anUnmapOfNothingIsFoundAndGoesOn() {
            rig.bound(device, () -> rig.dma.unmapPage(device, 0xabcd0000L, PAGE, FROM));

            assertThat(doubleUnmap()).contains("65536 bytes at DMA address 0xabcd0000").contains("nothing is mapped");
            assertThat(rig.iommu.calls).containsExactly("unmap 65536");
        }

        @Test
        void aSecondUnmapIsFound() {
            rig.bound(device, () -> {
                long address = map();
                rig.dma.unmapPage(device, address, PAGE, FROM);
                rig.dma.unmapPage(device, address, PAGE, FROM);
            });

            assertThat(doubleUnmap()).contains("nothing is mapped");
        }

        @Test
        void anUnmapOfAnotherSizeIsFound() {
            rig.bound(device, () -> rig.dma.unmapPage(device, map(), 4096, FROM));

            assertThat(doubleUnmap()).contains("size 65536 against 4096").doesNotContain("direction");
            assertThat(rig.dma.live(device)).isZero();
        }

        @Test
        void anUnmapInAnotherDirectionIsFound() {
            rig.bound(device, () -> rig.dma.unmapPage(device, map(), PAGE, TO));

            assertThat(doubleUnmap()).contains("direction FROM_DEVICE against TO_DEVICE").doesNotContain("size");
        }

        @Test
        void anUnmapOfCoherentMemoryIsFound() {
            rig.bound(device, () -> rig.dma.unmapPage(device, rig.dma.allocCoherent(device, PAGE), PAGE, DmaDirection.BIDIRECTIONAL));

            assertThat(doubleUnmap()).contains("kind coherent against streaming");
        }

        @Test
        @DisplayName("free-policies.md P15a: mapped through the IOMMU and unmapped directly")
        void anUnmapByAnotherWayIsFound() {
            rig.bound(device, () -> {
                long address = map();
                device.dmaBypass(true);
                rig.dma.unmapPage(device, address, PAGE, FROM);
            });

            assertThat(doubleUnmap()).contains("way through the IOMMU against direct");
            assertThat(rig.iommu.calls).as("the entry stays").containsExactly("map 65536");
        }

        @Test
        void anAddressHandedOutTwiceIsFound() {
            rig.bound(device, () -> {
                long first = rig.iommu.next;
                map();
                rig.iommu.next = first;
                map();
            });

            assertThat(rig.findings(FindingKind.BUG)).singleElement()
                    .satisfies(bug -> assertThat(bug.detail()).contains("handed out DMA address 0x800000000010000"));
        }

        @Test
        @DisplayName("free-policies.md, background rules: a device without a driver must not be passed to the DMA API")
        void mappingWithoutADriverIsFound() {
            rig.run(() -> map());

            assertThat(rig.findings(FindingKind.BUG).getFirst().detail()).contains("without a driver");
        }

        @Test
        void directionNoneIsABugTrap() {
            rig.bound(device, () -> Rig.oopsing(() -> rig.dma.mapPage(device, rig.kernel.pages().alloc(), 0, PAGE, DmaDirection.NONE)));

            assertThat(rig.kinds()).containsExactly(FindingKind.BUG);
            assertThat(rig.log()).contains("kernel BUG at kernel/dma/mapping.c!");
        }

        @Test
        void zeroBytesAreRefused() {
            assertThatThrownBy(() -> rig.dma.mapPage(device, 300, 0, 0, FROM)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Late {
        @Test
        void aLateUnmapIsCountedAndGoesOnToTheBackend() {
            rig.bound(device, () -> {
                long address = map();
                device.get();
                rig.devices.remove(device);
                rig.kernel.sched().sleepNanos(9_400_000_000L);
                rig.dma.unmapPage(device, address, PAGE, FROM);
            });

            assertThat(rig.count(Metrics.LATE_UNMAPS)).isEqualTo(1);
            assertThat(rig.findings(FindingKind.LATE_UNMAP)).singleElement().satisfies(late -> {
                assertThat(late.subject()).isEqualTo("0018:01:00.0");
                assertThat(late.detail()).contains("0x800000000010000").contains("9.400000 s after mlx5_core had let go");
            });
            assertThat(rig.iommu.calls).containsExactly("map 65536", "unmap 65536");
            assertThat(rig.kinds()).containsExactly(FindingKind.LATE_UNMAP);
        }

        @Test
        void anUnmapDuringRemoveIsNotLate() {
            List<Long> address = new ArrayList<>();
            rig.driver.probe = d -> address.add(map());
            rig.driver.remove = d -> rig.dma.unmapPage(device, address.getFirst(), PAGE, FROM);
            rig.bound(device, () -> rig.devices.remove(device));

            assertThat(rig.count(Metrics.LATE_UNMAPS)).isZero();
            assertThat(rig.kinds()).isEmpty();
        }

        @Test
        @DisplayName("a late unmap of a device whose last reference is gone touches freed memory")
        void afterTheLastPut() {
            rig.bound(device, () -> {
                long address = map();
                rig.devices.remove(device);
                rig.dma.unmapPage(device, address, PAGE, FROM);
            });

            assertThat(rig.findings(FindingKind.USE_AFTER_FREE).getFirst().stacks().getFirst().functions())
                    .startsWith("dma_unmap_page_attrs");
        }

        @Test
        @DisplayName("the seed's call trace: dma_iommu_unmap_page below dma_unmap_page_attrs")
        void callTrace() {
            rig.iommu.onUnmap = () -> rig.kernel.findings().report(FindingKind.BUG, "here", "stack wanted");
            rig.bound(device, () -> rig.dma.unmapPage(device, map(), PAGE, FROM));

            assertThat(rig.findings(FindingKind.BUG).getFirst().stacks().getFirst().functions())
                    .startsWith("dma_iommu_unmap_page", "dma_unmap_page_attrs");
        }
    }

    @Nested
    class Bypass {
        @Test
        void streamingMappingsAreArithmetic() {
            rig.iommu.bypassFrom64 = true;
            rig.bound(device, () -> {
                results.add(rig.dma.setMask(device, -1L));
                int page = rig.kernel.pages().alloc();
                long address = rig.dma.mapPage(device, page, 128, 1500, TO);
                results.add(address - rig.kernel.pages().physical(page));
                rig.dma.unmapPage(device, address, 1500, TO);
            });

            assertThat(results).containsExactly(true, 0x800_0000_0000_0080L);
            assertThat(rig.iommu.calls).containsExactly("mask ffffffffffffffff");
            assertThat(rig.kinds()).isEmpty();
        }

        @Test
        void onePageMayBeMappedTwice() {
            rig.iommu.bypassFrom64 = true;
            rig.bound(device, () -> {
                rig.dma.setMask(device, -1L);
                int page = rig.kernel.pages().alloc();
                long first = rig.dma.mapPage(device, page, 0, PAGE, FROM);
                long second = rig.dma.mapPage(device, page, 0, 1500, TO);
                results.add(first == second);
                rig.dma.unmapPage(device, first, PAGE, FROM);
                results.add(rig.dma.live(device));
                rig.dma.unmapPage(device, second, 1500, TO);
            });

            assertThat(results).containsExactly(true, 1);
            assertThat(rig.kinds()).isEmpty();
        }

        @Test
        void aMaskThatDoesNotReachFails() {
            device.dmaBypass(true);
            device.dmaOffset(0x800_0000_0000_0000L);
            rig.bound(device, () -> results.add(map()));

            assertThat(results).containsExactly(DmaApi.MAPPING_ERROR);
            assertThat(rig.findings(FindingKind.ALLOCATION_FAILURE).getFirst().detail()).contains("overflows mask 0xffffffff");
        }

        @Test
        void coherentMemoryIsArithmeticToo() {
            rig.iommu.bypassFrom64 = true;
            rig.bound(device, () -> {
                rig.dma.setMask(device, -1L);
                long ring = rig.dma.allocCoherent(device, 4096);
                rig.dma.freeCoherent(device, ring, 4096);
            });

            assertThat(rig.iommu.calls).containsExactly("mask ffffffffffffffff");
            assertThat(rig.kinds()).isEmpty();
        }
    }

    @Nested
    class Coherent {
        @Test
        @DisplayName("iommu-table.md 12: the size is rounded up to CPU pages, free gives the same counts")
        void wholePages() {
            rig.bound(device, () -> {
                long ring = rig.dma.allocCoherent(device, 100_000);
                results.add(rig.ledger.snapshot(device).getFirst().bytes());
                results.add(rig.dma.live(device));
                results.add(rig.ledger.live(device));
                rig.dma.freeCoherent(device, ring, 100_000);
            });

            assertThat(rig.iommu.calls).containsExactly("coherent", "map 131072", "coherent", "unmap 131072");
            assertThat(results).as("size asked for, streaming, all").containsExactly(100_000L, 0, 1);
            assertThat(rig.ledger.live(device)).isZero();
            assertThat(rig.kinds()).isEmpty();
        }

        @Test
        void pagesAreConsecutiveWhateverTheAllocatorHolds() {
            rig.bound(device, () -> {
                List<Integer> pages = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    pages.add(rig.kernel.pages().alloc());
                }
                for (int i = 0; i < 64; i += 2) {
                    rig.kernel.pages().put(pages.get(i));
                }
                int next = rig.kernel.pages().highWater();
                long ring = rig.dma.allocCoherent(device, 5 * PAGE);
                results.add(rig.ledger.snapshot(device).getFirst().page() - next);
                for (int i = 0; i < 5; i++) {
                    results.add(rig.dma.deviceAccess(device, ring + (long) i * PAGE, 64, true) >>> 16);
                }
                results.add(rig.kernel.pages().alloc() - pages.get(62));
            });

            int first = 256 + 64;
            assertThat(results).as("run, its pages as the device sees them, the page freed last is still on top").containsExactly(
                    0, (long) first, first + 1L, first + 2L, first + 3L, first + 4L, 0);
            assertThat(rig.kinds()).isEmpty();
        }

        @Test
        void pagesGoBack() {
            rig.bound(device, () -> {
                rig.dma.freeCoherent(device, rig.dma.allocCoherent(device, 3 * PAGE), 3 * PAGE);
                results.add(rig.kernel.pages().alloc());
            });

            assertThat(results).containsExactly(256);
            assertThat(rig.kernel.pages().highWater()).isEqualTo(256 + 3);
        }

        @Test
        void aFailedMappingGivesThePagesBack() {
            rig.iommu.next = -1;
            rig.bound(device, () -> results.add(rig.dma.allocCoherent(device, PAGE)));

            assertThat(results).containsExactly(DmaApi.MAPPING_ERROR);
            assertThat(rig.kernel.pages().refCount(256)).isZero();
        }

        @Test
        void moreThanThereIsFailsAndGivesEverythingBack() {
            use(new Rig(smallMemory(), new FreePolicy() {}));
            rig.bound(device, () -> results.add(rig.dma.allocCoherent(device, 4097L * PAGE)));
            rig.bound(device, () -> results.add(rig.dma.allocCoherent(device, 3072L * PAGE)));

            assertThat(results).containsExactly(DmaApi.MAPPING_ERROR, 0x800_0000_0001_0000L);
            assertThat(rig.kinds()).containsExactly(FindingKind.ALLOCATION_FAILURE);
        }

        /** 4096 pages, of which the first 256 are never handed out. */
        private static KernelConfig smallMemory() {
            KernelConfig basic = KernelConfig.basic(1);
            return new KernelConfig(basic.profile(), basic.hz(), basic.exactTimers(), PAGE, basic.cpus(), basic.seed(), 4096L * PAGE,
                    basic.kasan(), basic.reuseAfter(), basic.hardwareName(), basic.timeLimitNanos(), basic.eventLimit(), basic.observers());
        }

        @Test
        void memoryThatIsNotThereIsFoundAndUnmapped() {
            rig.bound(device, () -> rig.dma.freeCoherent(device, 0x10000, PAGE));

            assertThat(doubleUnmap()).contains("nothing is mapped");
            assertThat(rig.iommu.calls).containsExactly("coherent", "unmap 65536");
        }
    }

    @Nested
    class Masks {
        @Test
        void aSupportedMaskIsKept() {
            rig.bound(device, () -> results.add(rig.dma.setMask(device, 0xffff_ffff_ffffL)));

            assertThat(results).containsExactly(true);
            assertThat(device.dmaMask()).isEqualTo(0xffff_ffff_ffffL);
        }

        @Test
        void anUnsupportedMaskIsNot() {
            rig.iommu.supported = false;
            rig.bound(device, () -> results.add(rig.dma.setMask(device, -1L)));

            assertThat(results).containsExactly(false);
            assertThat(device.dmaMask()).isEqualTo(0xffff_ffffL);
        }

        @Test
        void aDeviceWithoutABackendIsAnError() {
            Device bare = rig.devices.add("0020:01:00.0", "bare", rig.tree.root());

            assertThatThrownBy(() -> rig.dma.setMask(bare, -1L)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("0020:01:00.0 (bare) has no IOMMU backend");
        }
    }

    @Nested
    class Policies {
        private final List<String> hooks = new ArrayList<>();

        private final class Watching implements FreePolicy {
            int asked;
            boolean lets = true;

            @Override
            public boolean watchesMappings() {
                asked++;
                return true;
            }

            @Override
            public void mapped(Device d, long address, long bytes, DmaDirection direction) {
                hooks.add("mapped " + bytes + " " + direction + " " + rig.dma.live(d));
            }

            @Override
            public boolean unmapping(Device d, long address, long bytes, DmaDirection direction) {
                hooks.add("unmapping " + bytes + " " + direction + " " + rig.dma.live(d));
                return lets;
            }
        }

        @Test
        void aPolicyThatWatchesIsAskedOnceAndTold() {
            Watching policy = new Watching();
            use(new Rig(KernelConfig.basic(1), policy));
            rig.bound(device, () -> {
                rig.dma.unmapPage(device, map(), PAGE, FROM);
                rig.dma.freeCoherent(device, rig.dma.allocCoherent(device, PAGE), PAGE);
            });

            assertThat(policy.asked).isEqualTo(1);
            assertThat(hooks).as("streaming only").containsExactly("mapped 65536 FROM_DEVICE 1", "unmapping 65536 FROM_DEVICE 1");
            assertThat(rig.iommu.calls).contains("unmap 65536");
        }

        @Test
        @DisplayName("free-policies.md invariant 3: an unmap that the policy drops is counted and never reaches the backend")
        void aDroppedUnmap() {
            Watching policy = new Watching();
            policy.lets = false;
            use(new Rig(KernelConfig.basic(1), policy));
            rig.bound(device, () -> rig.dma.unmapPage(device, map(), PAGE, FROM));

            assertThat(rig.iommu.calls).containsExactly("map 65536");
            assertThat(rig.dma.live(device)).isZero();
            assertThat(rig.count(DmaLedger.DROPPED_UNMAPS)).isEqualTo(1);
            assertThat(rig.count(DmaLedger.UNMAPS)).isZero();
            assertThat(rig.ledger.verify(device)).isEmpty();
        }
    }

    @Nested
    class Events {
        private List<String> dmaEvents() {
            return rig.events.stream().filter(e -> e.type().name().startsWith("dma:")).map(Events::text).toList();
        }

        private static String text(TraceRecord event) {
            return event.type().name() + " " + event.values();
        }

        private void pair() {
            rig.bound(device, () -> {
                long address = rig.dma.mapPage(device, 300, 64, 1500, FROM, DmaApi.ATTR_SKIP_CPU_SYNC | DmaApi.ATTR_WEAK_ORDERING);
                rig.iommu.onUnmap = () -> rig.kernel.trace().emit(DeviceEvents.DEVICE_RELEASE, device.nameText);
                rig.dma.unmapPage(device, address, 1500, FROM);
            });
        }

        @Test
        @DisplayName("formats.md 1.2, KernelProfile.dmaTraceEvents: dma:* events since 6.12, attributes in table order, "
                + "the unmap's after the backend's")
        void since612() {
            pair();

            assertThat(dmaEvents()).containsExactly(
                    "dma:dma_map_page [0018:01:00.0, FROM_DEVICE, " + 0x800_0000_0001_0040L + ", 1500, " + (300L * PAGE + 64)
                            + ", WEAK_ORDERING|SKIP_CPU_SYNC]",
                    "dma:dma_unmap_page [0018:01:00.0, FROM_DEVICE, " + 0x800_0000_0001_0040L + ", 1500, ]");
            List<String> names = rig.events.stream().map(e -> e.type().name()).toList();
            assertThat(names.indexOf("dmalab:device_release")).isLessThan(names.indexOf("dma:dma_unmap_page"));
        }

        @Test
        @DisplayName("formats.md 1.2, KernelProfile.dmaTraceEvents: no dma:* events before 6.12")
        void before612() {
            use(Rig.of(KernelProfile.V6_4));
            pair();

            assertThat(dmaEvents()).isEmpty();
        }

        @Test
        void layouts() {
            assertThat(DmaEvents.MAP.layout()).isEqualTo("%s dir=%s dma_addr=%llx size=%zu phys_addr=%llx attrs=%s");
            assertThat(DmaEvents.UNMAP.layout()).isEqualTo("%s dir=%s dma_addr=%llx size=%zu attrs=%s");
        }
    }
}
