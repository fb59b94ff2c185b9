package io.dmalab.core.imported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldDistributionTest {
    private record Hold(long nanos, boolean open) {}

    private static HoldDistribution of(List<Hold> holds) {
        Histogram ended = new Histogram(3);
        Histogram open = new Histogram(3);
        holds.forEach(hold -> (hold.open() ? open : ended).recordValue(hold.nanos()));
        return new HoldDistribution(ended, open);
    }

    /** Kaplan and Meier by hand: one thing after the other, in order of age. */
    private static long naive(List<Hold> holds, double percent) {
        List<Hold> sorted = holds.stream().sorted(Comparator.comparing(Hold::nanos).thenComparing(Hold::open)).toList();
        double held = 1;
        for (int i = 0; i < sorted.size(); i++) {
            if (!sorted.get(i).open()) {
                held *= 1 - 1.0 / (sorted.size() - i);
                if (1 - held >= percent / 100 - 1e-9) {
                    return sorted.get(i).nanos();
                }
            }
        }
        return Long.MAX_VALUE;
    }

    @Test
    void without_open_ends_it_is_what_was_measured() {
        List<Hold> holds = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            holds.add(new Hold(i * 1_000_000L, false));
        }
        HoldDistribution distribution = of(holds);
        assertThat(distribution.quantile(50)).isCloseTo(50_000_000L, within(50_000L));
        assertThat(distribution.quantile(100)).isCloseTo(100_000_000L, within(100_000L));
        assertThat(distribution.finiteShare()).isCloseTo(1, within(1e-9));
    }

    @Test
    void what_never_ended_is_for_ever_from_its_share_on() {
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            holds.add(new Hold(1_000, false));
        }
        for (int i = 0; i < 10; i++) {
            holds.add(new Hold(1_000_000_000L, true));
        }
        HoldDistribution distribution = of(holds);
        assertThat(distribution.quantile(90)).isEqualTo(1_000);
        assertThat(distribution.quantile(90.5)).isEqualTo(Long.MAX_VALUE);
        assertThat(distribution.finiteShare()).isCloseTo(0.9, within(1e-9));
        assertThat(distribution.open()).isEqualTo(10);
    }

    @Test
    void nothing_that_ended_is_for_ever_altogether() {
        assertThat(of(List.of(new Hold(5, true))).quantile(0)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void it_agrees_with_a_naive_product_limit(long seed) {
        Random random = new Random(seed);
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            long nanos = 1_000L * Math.round(Math.exp(random.nextGaussian() * 2 + 8));
            holds.add(new Hold(nanos, random.nextInt(4) == 0));
        }
        HoldDistribution distribution = of(holds);
        for (double percent = 0.5; percent <= 100; percent += 0.5) {
            // the histograms have three digits: things of almost the same age share a step
            long low = naive(holds, percent - 0.1);
            long high = naive(holds, percent + 0.1);
            long found = distribution.quantile(percent);
            assertThat(found).as("p%s", percent).isGreaterThanOrEqualTo(low == Long.MAX_VALUE ? low : low - low / 500);
            assertThat(found).as("p%s", percent).isLessThanOrEqualTo(high == Long.MAX_VALUE ? high : high + high / 500);
        }
    }

    @Test
    void what_is_written_down_has_the_same_share_beyond_each_time() {
        List<Hold> holds = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            holds.add(new Hold(i < 298 ? 1_000_000L + i * 1_000 : 30_000_000_000L, false));
        }
        HoldDistribution distribution = of(holds);
        List<HoldTime.Quantiles.Point> points = HoldQuantiles.percents(distribution).stream()
                .map(percent -> new HoldTime.Quantiles.Point(percent, new Span(distribution.quantile(percent)))).toList();
        HoldTime.Quantiles written = new HoldTime.Quantiles(points);
        long beyond = 0;
        for (int i = 0; i < 100_000; i++) {
            beyond += written.at(i / 1_000.0) > 1_000_000_000L ? 1 : 0;
        }
        // 2 of 300 are held for 30 s; interpolated from one percent to the next it would be 1 %
        assertThat(beyond / 100_000.0).isCloseTo(2.0 / 300, within(0.0001));
    }

    @Test
    void phases_lose_nothing_and_keep_their_order() {
        Phases phases = new Phases();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            long start = i * 300_000L;
            if (random.nextInt(10) == 0) {
                phases.open(start, 9_000_000_000L);
            } else {
                phases.ended(start, (1 + i / 5_000) * 1_000_000L);
            }
        }
        List<Phases.Phase> all = phases.all(256);
        assertThat(all).hasSizeBetween(8, Phases.PHASES_MAX).isSortedAccordingTo(Comparator.comparing(Phases.Phase::start));
        assertThat(all.stream().mapToLong(p -> p.holds().ended() + p.holds().open()).sum()).isEqualTo(20_000);
        assertThat(all.getFirst().holds().quantile(50)).isCloseTo(1_000_000L, within(10_000L));
        assertThat(all.getLast().holds().quantile(50)).isCloseTo(4_000_000L, within(40_000L));
    }
}
