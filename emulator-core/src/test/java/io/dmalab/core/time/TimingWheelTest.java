package io.dmalab.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The timing wheel against a binary heap of objects. */
class TimingWheelTest {
    /** The naive model: what was scheduled, in the total order. */
    private record Event(long time, int priority, long sequence, int context, Object target, long word) {}

    private final TimingWheel wheel = new TimingWheel();
    private final PriorityQueue<Event> oracle = new PriorityQueue<>(
            Comparator.comparingLong(Event::time).thenComparingInt(Event::priority).thenComparingLong(Event::sequence));
    private final List<Event> pending = new ArrayList<>();
    private final List<Long> handles = new ArrayList<>();
    private final List<Long> spent = new ArrayList<>();
    private long sequence;

    private void schedule(long time, Random random) {
        Event event = new Event(time, random.nextInt(TimingWheel.PRIORITIES), sequence++, random.nextInt(1 << 20), "t" + sequence,
                random.nextLong());
        handles.add(wheel.schedule(event.time(), event.priority(), event.context(), event.target(), event.word()));
        pending.add(event);
        oracle.add(event);
    }

    private void cancelOne(Random random) {
        int i = random.nextInt(pending.size());
        assertThat(wheel.cancel(handles.get(i))).isTrue();
        assertThat(wheel.cancel(handles.get(i))).as("a second time").isFalse();
        oracle.remove(pending.get(i));
        forget(i);
    }

    private void forget(int i) {
        spent.add(handles.remove(i));
        pending.remove(i);
    }

    private void pollOne() {
        Event expected = oracle.poll();
        assertThat(wheel.poll()).isTrue();
        Event polled = new Event(wheel.now(), expected.priority(), expected.sequence(), wheel.ctx(), wheel.target(), wheel.arg());
        assertThat(polled).isEqualTo(expected);
        forget(pending.indexOf(expected));
    }

    /** Delays as a machine has them: many ties, ticks, and now and then something far away. */
    private static long delay(Random random, String shape) {
        return switch (shape) {
            case "ties" -> random.nextInt(4);
            case "ticks" -> random.nextInt(200) * 4_000_000L;
            case "far" -> random.nextLong() >>> 1 + random.nextInt(62);
            default -> switch (random.nextInt(10)) {
                case 0, 1, 2 -> 0;
                case 3, 4 -> random.nextInt(64);
                case 5, 6 -> random.nextInt(5000);
                case 7, 8 -> random.nextInt(1_000_000_000);
                default -> random.nextLong() >>> 2 + random.nextInt(30);
            };
        };
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @CsvSource({"ties,1", "ties,2", "ticks,1", "ticks,2", "far,1", "far,2", "far,3", "mixed,1", "mixed,2", "mixed,3", "mixed,4", "mixed,5"})
    void sameOrderAsAHeap(String shape, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 6000; i++) {
            int what = random.nextInt(10);
            if (what < 5) {
                long delay = delay(random, shape);
                schedule(delay > Long.MAX_VALUE - wheel.now() ? Long.MAX_VALUE : wheel.now() + delay, random);
            } else if (what == 5 && !pending.isEmpty()) {
                cancelOne(random);
            } else if (what == 6 && !spent.isEmpty()) {
                assertThat(wheel.cancel(spent.get(random.nextInt(spent.size())))).as("a spent handle").isFalse();
            } else if (!pending.isEmpty()) {
                pollOne();
            }
            assertThat(wheel.size()).isEqualTo(oracle.size());
        }
        while (!oracle.isEmpty()) {
            pollOne();
        }
        assertThat(wheel.isEmpty()).isTrue();
        assertThat(wheel.poll()).isFalse();
    }

    @Test
    @DisplayName("events of one instant: priority first, then first in, first out, also across a cascade")
    void ties() {
        long far = 1L << 40;
        wheel.schedule(far, 3, 0, "task 1", 0);
        wheel.schedule(far, 0, 0, "irq 1", 0);
        wheel.schedule(1, 0, 0, "early", 0);
        assertThat(wheel.poll()).isTrue();
        wheel.schedule(far, 3, 0, "task 2", 0);
        wheel.schedule(far, 0, 0, "irq 2", 0);
        List<Object> order = new ArrayList<>();
        while (wheel.poll()) {
            order.add(wheel.target());
        }
        assertThat(order).containsExactly("irq 1", "irq 2", "task 1", "task 2");
    }

    @Test
    void theLastInstantThereIs() {
        wheel.schedule(Long.MAX_VALUE, 0, 0, "end of time", 0);
        wheel.schedule(5, 0, 0, "soon", 0);
        wheel.poll();
        wheel.poll();
        assertThat(wheel.now()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void thePastIsRefused() {
        wheel.schedule(10, 0, 0, "x", 0);
        wheel.poll();
        assertThatThrownBy(() -> wheel.schedule(9, 0, 0, "y", 0)).hasMessage("event at 9 ns is before the present, 10 ns");
        assertThatThrownBy(() -> wheel.schedule(11, 0, 1 << 20, "y", 0)).hasMessageContaining("caller's word");
    }

    @Test
    @DisplayName("events cancelled in great numbers do not pile up, and those that stay keep their order")
    void cancelledEventsAreSwept() {
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 100; i++) {
                assertThat(wheel.cancel(wheel.schedule(1_000_000L + i, 1, 0, "cancelled", 0))).isTrue();
            }
            wheel.schedule(1_000_000L + round, 1, 0, "kept", round);
        }
        assertThat(wheel.size()).isEqualTo(200);
        for (int round = 0; round < 200; round++) {
            assertThat(wheel.poll()).isTrue();
            assertThat(wheel.arg()).isEqualTo(round);
        }
        assertThat(wheel.poll()).isFalse();
    }
}
