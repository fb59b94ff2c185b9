package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.EventType;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Kref;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import io.dmalab.core.random.Streams;
import io.dmalab.core.random.Xoshiro;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages, memory, trace and log, each by its public face. */
class KernelPartsTest {
    private static final EventType HOLD = EventType.of("page_pool:page_pool_state_hold", "page=%p pfn=0x%lx who=%s", "page", "pfn", "who");

    private static SimKernel kernel(KernelConfig config) {
        return new SimKernel(config, new Streams(config.seed()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void pages_against_a_naive_model(long seed) {
        SimKernel kernel = kernel(KernelConfig.basic(seed));
        Xoshiro random = new Xoshiro(seed);
        List<Integer> held = new ArrayList<>();
        List<Integer> freed = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (held.isEmpty() || random.chance(0.5)) {
                int page = kernel.pages().alloc();
                assertThat(held).doesNotContain(page);
                if (!freed.isEmpty()) {
                    assertThat(page).as("freed last, handed out first").isEqualTo(freed.removeLast());
                }
                held.add(page);
                if (held.size() > 200) {
                    break;
                }
            } else {
                int page = held.remove(random.nextInt(held.size()));
                kernel.pages().get(page);
                kernel.pages().put(page);
                assertThat(kernel.pages().refCount(page)).isEqualTo(1);
                kernel.pages().put(page);
                assertThat(kernel.pages().refCount(page)).isZero();
                freed.add(page);
            }
        }
        assertThat(kernel.findingRecords()).isEmpty();
        kernel.close();
    }

    @Test
    void a_page_put_once_too_often_is_found() {
        SimKernel kernel = kernel(KernelConfig.basic(1));
        int page = kernel.pages().alloc();
        kernel.pages().put(page);
        kernel.pages().put(page);
        assertThat(kernel.findingRecords()).extracting(FindingRecord::kind).containsExactly(FindingKind.DOUBLE_FREE);
        kernel.close();
    }

    @Test
    void a_kref_reaches_zero_once_and_is_not_revived() {
        SimKernel kernel = kernel(KernelConfig.basic(1));
        Kref kref = new Kref(kernel.memory().kzalloc("iommu_table", 192));
        assertThat(kref.get()).isTrue();
        assertThat(kref.put()).isFalse();
        assertThat(kref.put()).isTrue();
        assertThat(kref.get()).isFalse();
        kernel.close();
    }

    @Test
    void freeing_twice_is_found_with_three_stacks() {
        SimKernel kernel = kernel(KernelConfig.basic(1));
        KernelObject object = kernel.memory().kzalloc("iommu_table_group", 96);
        kernel.memory().free(object);
        kernel.memory().free(object);
        FindingRecord found = kernel.findingRecords().getFirst();
        assertThat(found.kind()).isEqualTo(FindingKind.DOUBLE_FREE);
        assertThat(found.stacks()).hasSize(3);
        kernel.close();
    }

    @Test
    void an_observer_sees_typed_events_and_does_not_change_the_digest() {
        List<TraceRecord> seen = new ArrayList<>();
        Observer observer = new Observer() {
            @Override
            public boolean wantsEvents() {
                return true;
            }

            @Override
            public void event(TraceRecord event) {
                seen.add(event);
            }
        };
        long watched = digest(KernelConfig.basic(1).withObservers(List.of(observer)));
        assertThat(watched).isEqualTo(digest(KernelConfig.basic(1)));
        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst().values()).containsExactly(5L, 0x61ee0L, "tcp receive queue");
        assertThat(seen.getFirst().comm()).isEqualTo("napi");
    }

    private static long digest(KernelConfig config) {
        SimKernel kernel = kernel(config);
        kernel.sched().spawn("napi", 0, () -> kernel.trace().emit(HOLD, 5, 0x61ee0, kernel.trace().text("tcp receive queue")));
        kernel.run();
        kernel.close();
        return kernel.digest();
    }

    @Test
    void every_part_of_the_stream_enters_the_digest() {
        List<Long> digests = new ArrayList<>();
        for (int variant = 0; variant < 6; variant++) {
            int v = variant;
            SimKernel kernel = kernel(KernelConfig.basic(1));
            kernel.sched().spawn("task", 0, () -> {
                kernel.sched().sleepNanos(v == 1 ? 2 : 1);
                kernel.trace().emit(HOLD, v == 2 ? 6 : 5, 7, kernel.trace().text(v == 3 ? "b" : "a"));
                if (v == 4) {
                    kernel.printk().info("line");
                }
                if (v == 5) {
                    kernel.findings().report(FindingKind.LEAK, "x", "y");
                }
            });
            kernel.run();
            digests.add(kernel.digest());
            kernel.close();
        }
        assertThat(digests).doesNotHaveDuplicates();
    }

    @Test
    void log_stamps_have_the_kernels_form() {
        assertThat(LogBuffer.stamp(3_610_403_820_999L)).isEqualTo("[ 3610.403820] ");
        assertThat(LogBuffer.stamp(123_456_000_001_000L)).isEqualTo("[123456.000001] ");
    }
}
