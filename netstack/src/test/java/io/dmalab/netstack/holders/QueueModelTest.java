package io.dmalab.netstack.holders;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.api.kernel.RandomStream;
import io.dmalab.core.kernel.KernelConfig;
import io.dmalab.core.kernel.SimKernel;
import io.dmalab.core.random.Streams;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queues that holders are made of, against naive models. */
class QueueModelTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_ring_is_a_deque(long seed) {
        RandomStream random = new Streams(seed).stream("ring");
        IntRing ring = new IntRing();
        ArrayDeque<Integer> model = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            int what = random.nextInt(10);
            if (what < 5 || model.isEmpty()) {
                ring.add(i);
                model.add(i);
            } else if (what < 8) {
                assertThat(ring.remove()).isEqualTo(model.removeFirst());
            } else if (what < 9) {
                assertThat(ring.removeLast()).isEqualTo(model.removeLast());
            } else {
                int index = random.nextInt(model.size());
                assertThat(ring.get(index)).isEqualTo(new ArrayList<>(model).get(index));
            }
            assertThat(ring.size()).isEqualTo(model.size());
            assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
        }
    }

    private record Leaving(int skb, long time) {}

    /** Each packet leaves at its time or with the one before it, whichever is later; a clear takes the rest out in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_delay_line_keeps_the_order(long seed) {
        RandomStream random = new Streams(seed).stream("line");
        List<Leaving> expected = new ArrayList<>();
        List<Leaving> seen = new ArrayList<>();
        try (SimKernel kernel = new SimKernel(KernelConfig.basic(seed), new Streams(seed))) {
            DelayLine line = new DelayLine(kernel, skb -> seen.add(new Leaving(skb, kernel.now())));
            long last = 0;
            for (int i = 0; i < 3_000; i++) {
                int skb = i;
                long added = i * 1_000L;
                long due = added + random.nextInt(100_000);
                last = Math.max(last, due);
                expected.add(new Leaving(skb, last));
                kernel.sched().at(added, ContextKind.SOFTIRQ, 0, word -> line.add(skb, due, 0), 0);
            }
            List<Integer> cleared = new ArrayList<>();
            long end = 2_500_500;
            kernel.sched().at(end, ContextKind.SOFTIRQ, 0, word -> line.clear(cleared::add), 0);
            kernel.run();
            List<Leaving> before = expected.stream().filter(leaving -> leaving.time() <= end).toList();
            List<Integer> atEnd = expected.stream().filter(leaving -> leaving.time() > end
                    && leaving.skb() * 1_000L < end).map(Leaving::skb).toList();
            assertThat(seen.subList(0, before.size())).isEqualTo(before);
            assertThat(cleared).isEqualTo(atEnd).isNotEmpty();
            assertThat(seen).hasSize(3_000 - cleared.size());
            assertThat(line.size()).isZero();
        }
    }
}
