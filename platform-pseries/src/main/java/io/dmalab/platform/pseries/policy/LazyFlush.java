package io.dmalab.platform.pseries.policy;

import io.dmalab.api.KernelFunction;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.kernel.TimerList;
import io.dmalab.api.policy.FreePolicy;
import io.dmalab.api.policy.TableGuard;
import io.dmalab.api.policy.TableHandle;
import io.dmalab.api.policy.TableRelease;
import io.dmalab.api.policy.Verdict;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Policy {@code lazy-flush} (free-policies.md P19): addresses come free some time after their unmap, as under the flush queues of
 * drivers/iommu/dma-iommu.c (v6.12). Left out: what is flushed, for a table of pSeries needs none.
 */
public final class LazyFlush implements FreePolicy {
    static final String SUMMARY = "unmapped addresses wait in a flush queue before they are free, as in lazy IOMMU domains";
    static final String DESCRIPTION = """
            Mechanism  An unmap makes its hypercall, but the entries' bits go into a queue of the CPU (or the only one), and are cleared
                       when that is full or its timer fires. An address is not handed out again meanwhile. A table in use is dealt with as
                       by the legacy kernel, after its queues have been drained.
            Origin     dma-iommu's queues: 256 entries a CPU and 10 ms, or one of 32768 and 1 s as on s390. Not proposed for this bug: it
                       shows that a mapping that is unmapped is not yet an address that is free. Facts: free-policies.md P19.
            Cost       A queue operation an unmap. Addresses lie idle for up to the timeout.
            Fails by   What the legacy kernel fails by. With drain: off also without any late page: the driver's own unmaps are still in
                       the queue when the table is freed, and the timer clears their bits in freed memory.
            """;

    /** Options. */
    public record Options(
            @Option(value = "256", doc = "entries of a queue, 1 to 1048576; 32768 in dma-iommu's single-queue mode") int queue,
            @Option(value = "10ms", doc = "when a queue is emptied at the latest, at least 1ms; 1s in single-queue mode") Span timeout,
            @Option(value = "off", doc = "one queue for all CPUs") boolean single,
            @Option(value = "on", doc = "the queues are drained before the table is freed") boolean drain) {
        public Options {
            if (queue < 1 || queue > 1 << 20) {
                throw new IllegalArgumentException("a queue of " + queue + " is out of range; use 1 to 1048576");
            }
            if (timeout.nanos() < 1_000_000 || timeout.isForever()) {
                throw new IllegalArgumentException("timeout " + timeout + " is out of range; use 1ms or more");
            }
        }
    }

    private final Options options;
    private final Map<TableHandle, Queues> all = new LinkedHashMap<>();

    @Inject
    public LazyFlush(Options options) {
        this.options = options;
    }

    @Override
    public TableGuard guardTable(TableHandle table) {
        Queues queues = new Queues(table, options);
        all.put(table, queues);
        return queues;
    }

    @Override
    public Verdict releaseTable(TableRelease table) {
        Queues queues = all.remove(table);
        if (options.drain() && queues != null) {
            queues.flushAll();
        }
        return FreePolicy.super.releaseTable(table);
    }

    /** The queues of one table. */
    private static final class Queues implements TableGuard {
        private final TableHandle table;
        private final Options options;
        private final Kernel kernel;
        private final HotPath cost;
        private final TimerList timer;
        private final long jiffies;
        private final Queue[] queues;

        Queues(TableHandle table, Options options) {
            this.table = table;
            this.options = options;
            this.kernel = table.kernel();
            this.cost = new HotPath(kernel, HotPath.ATOMIC_NANOS);
            this.timer = kernel.timer("fq_flush_timeout", this::timeout);
            this.jiffies = Math.ceilDiv(options.timeout().nanos(), 1_000_000_000L / kernel.clock().hz());
            this.queues = new Queue[options.single() ? 1 : kernel.sched().cpus()];
        }

        @Override
        public boolean defers(long first, int entries) {
            cost.charge();
            int number = options.single() ? 0 : kernel.sched().cpu();
            if (queues[number] == null) {
                queues[number] = new Queue(options.queue());
            }
            Queue queue = queues[number];
            if (queue.isFull()) {
                queue.flush(table);
            }
            queue.add(first, entries);
            if (!timer.pending()) {
                timer.mod(jiffies);
            }
            return true;
        }

        @KernelFunction("fq_flush_timeout")
        private void timeout() {
            flushAll();
        }

        void flushAll() {
            timer.delete();
            for (Queue queue : queues) {
                if (queue != null) {
                    queue.flush(table);
                }
            }
        }
    }

    /** Ranges in the order of their unmaps. */
    private static final class Queue {
        private final long[] first;
        private final int[] entries;
        private int used;

        Queue(int size) {
            first = new long[size];
            entries = new int[size];
        }

        boolean isFull() {
            return used == first.length;
        }

        void add(long firstEntry, int count) {
            first[used] = firstEntry;
            entries[used++] = count;
        }

        void flush(TableHandle table) {
            int count = used;
            used = 0;
            for (int i = 0; i < count; i++) {
                table.giveBack(first[i], entries[i]);
            }
        }
    }
}
