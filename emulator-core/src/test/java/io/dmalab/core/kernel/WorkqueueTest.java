package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelObject;
import io.dmalab.api.kernel.Work;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.random.Streams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkqueueTest {
    private static final long MS = 1_000_000L;
    private SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1));
    private final List<String> events = new ArrayList<>();
    private Work work;

    @AfterEach
    void close() {
        kernel.close();
    }

    @ParameterizedTest(name = "HZ {0}: a 1000 ms delay, re-armed, has a period of {1} us")
    @CsvSource({"100, 1040000", "250, 1024000", "1000, 1024000"})
    @DisplayName("page-pool.md invariant 6: the retry worker's period is 1.040 s (HZ 100) or 1.024 s (HZ 250 and 1000)")
    void delayed_work_follows_the_timer_wheel(int hz, long period) {
        kernel.close();
        kernel = new SimKernel(KernelConfig.basic(1).withTimers(hz, false), new Streams(1));
        List<Long> times = new ArrayList<>();
        work = kernel.events().work("tick", () -> {
            times.add(kernel.now() / 1000);
            if (times.size() < 200) {
                work.queueDelayed(3, kernel.clock().msecsToJiffies(1000));
            }
        });
        kernel.sched().spawn("start", 3, () -> work.queueDelayed(3, kernel.clock().msecsToJiffies(1000)));
        kernel.run();
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isEqualTo(period);
        }
    }

    @Test
    void a_sleeping_worker_is_relieved_and_one_item_never_runs_twice_at_once() {
        Work slow = kernel.events().work("slow", () -> {
            events.add("slow begins on " + kernel.sched().current().comm());
            kernel.sched().sleepNanos(10 * MS);
            events.add("slow ends");
        });
        Work quick = kernel.workqueue("mlx5e").work("quick", () -> events.add("quick on " + kernel.sched().current().comm()));
        kernel.sched().spawn("start", 2, () -> {
            assertThat(slow.queue(2)).isTrue();
            assertThat(slow.queue(2)).as("pending already").isFalse();
            quick.queue(2);
            kernel.sched().sleepNanos(MS);
            assertThat(slow.queue(2)).as("running, so it may be queued again").isTrue();
        });
        kernel.run();
        assertThat(events).containsExactly("slow begins on kworker/2:0", "quick on kworker/2:1", "slow ends",
                "slow begins on kworker/2:0", "slow ends");
    }

    @Test
    void cancel_waits_for_the_running_instance() {
        Work slow = kernel.events().work("slow", () -> {
            kernel.sched().sleepNanos(10 * MS);
            events.add("ended");
        });
        kernel.sched().spawn("canceller", 0, () -> {
            slow.queue(1);
            kernel.sched().sleepNanos(MS);
            assertThat(slow.cancelSync()).isFalse();
            events.add("cancelled at " + kernel.now());
            slow.queueDelayed(1, 10);
            assertThat(slow.pending()).isTrue();
            assertThat(slow.cancelSync()).isTrue();
            assertThat(slow.pending()).isFalse();
        });
        kernel.run();
        assertThat(events).containsExactly("ended", "cancelled at " + 10 * MS);
    }

    @Test
    void a_use_after_free_in_a_worker_shows_three_stacks_under_kernel_names() {
        KernelObject table = kernel.memory().kzalloc("iommu_table", 200);
        work = kernel.events().work("page_pool_release_retry", () -> releaseRetry(table));
        kernel.sched().spawn("drmgr", 0, () -> {
            tableFree(table);
            work.queueDelayed(3, 100);
        });
        kernel.run();
        FindingRecord found = kernel.findingRecords().getFirst();
        assertThat(found.kind()).isEqualTo(FindingKind.USE_AFTER_FREE);
        assertThat(found.where()).isEqualTo("kworker/3:0, CPU 3, workqueue events page_pool_release_retry");
        assertThat(found.stacks()).extracting(FindingRecord.Stack::title).containsExactly("accessed by", "allocated by", "freed by");
        assertThat(found.stacks().get(0).functions()).containsExactly(
                "page_pool_release_retry", "process_one_work", "worker_thread", "kthread", "start_kernel_thread");
        assertThat(found.stacks().get(2).functions()).containsExactly("iommu_table_free");
        List<String> log = kernel.logLines().stream().map(l -> l.text()).toList();
        assertThat(log).anyMatch(l -> l.startsWith("BUG: KASAN: slab-use-after-free in page_pool_release_retry+0x"));
        assertThat(log).contains("Workqueue: events page_pool_release_retry");
    }

    @KernelFunction("page_pool_release_retry")
    private static void releaseRetry(KernelObject table) {
        table.read("it_index");
    }

    @KernelFunction("iommu_table_free")
    private void tableFree(KernelObject table) {
        kernel.memory().free(table);
    }

    @Test
    void without_kasan_reused_memory_is_an_oops_that_kills_the_worker_and_the_next_takes_over() {
        kernel.close();
        kernel = new SimKernel(KernelConfig.basic(1).withKasan(false,
                new io.dmalab.api.config.HoldTime.Constant(io.dmalab.api.config.Span.ofMillis(5))), new Streams(1));
        KernelObject table = kernel.memory().kzalloc("iommu_table", 200);
        Work late = kernel.events().work("late", () -> {
            table.read("it_index");
            events.add("read at " + kernel.now() / MS);
        });
        kernel.sched().spawn("drmgr", 0, () -> {
            kernel.memory().free(table);
            late.queue(0);
            kernel.sched().sleepNanos(10 * MS);
            late.queue(0);
            kernel.sched().sleepNanos(10 * MS);
            kernel.events().work("other", () -> events.add("other ran on " + kernel.sched().current().comm())).queue(0);
        });
        kernel.run();
        assertThat(events).containsExactly("read at 0", "other ran on kworker/0:1");
        assertThat(kernel.findingRecords()).extracting(FindingRecord::kind).containsExactly(FindingKind.OOPS);
        assertThat(kernel.logLines()).anyMatch(l -> l.text().startsWith("BUG: Unable to handle kernel data access on read at 0x"));
    }
}
