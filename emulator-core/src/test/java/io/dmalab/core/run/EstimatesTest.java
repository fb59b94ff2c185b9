package io.dmalab.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against values from tables, and against what the intervals promise. */
class EstimatesTest {
    @ParameterizedTest
    @CsvSource({"5, 0, 6", "6, 1, 6", "10, 2, 9", "20, 6, 15", "25, 8, 18", "50, 18, 33", "100, 40, 61"})
    @DisplayName("the median's interval has the ranks of the sign test's table (Conover 1999, table A3; Dixon and Massey A-25)")
    void medianRanks(int n, int low, int high) {
        assertThat(Estimates.lowRank(n, 0.5)).isEqualTo(low);
        assertThat(Estimates.highRank(n, 0.5)).isEqualTo(high);
    }

    @Test
    @DisplayName("50 runs do not bound the 99 % quantile from above; 368 are the first that do on both sides")
    void noUpperEnd() {
        Quantile few = Estimates.quantile(LongStream.rangeClosed(1, 50).toArray(), 0.99);
        assertThat(few.value()).isEqualTo(50);
        assertThat(few.low()).hasValue(48);
        assertThat(few.high()).isEmpty();
        // 0.99^n is the chance that all n lie below the quantile: it must be at most 2.5 %
        assertThat(Estimates.highRank(367, 0.99)).isEqualTo(368);
        assertThat(Estimates.highRank(368, 0.99)).isEqualTo(368);
    }

    @Test
    @DisplayName("the mean's interval is Student's: the sleep data of 1908, 1.58 +- 0.88")
    void student() {
        double[] sleep = {1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4};
        assertThat(Arrays.stream(sleep).average().orElseThrow()).isEqualTo(1.58, within(1e-9));
        Interval interval = Estimates.mean(sleep);
        assertThat(interval.low()).isEqualTo(0.7001, within(5e-5));
        assertThat(interval.high()).isEqualTo(2.4599, within(5e-5));
        assertThat(Estimates.mean(new double[] {3}).bounded()).isFalse();
    }

    @Test
    void ranksAreTheNearestAndNeverOneTooFar() {
        assertThat(Estimates.rank(100, 0.99)).isEqualTo(99);
        assertThat(Estimates.rank(50, 0.5)).isEqualTo(25);
        assertThat(Estimates.rank(3, 0.5)).isEqualTo(2);
        assertThat(Estimates.rank(1, 0.01)).isEqualTo(1);
        assertThat(Estimates.rank(7, 1)).isEqualTo(7);
    }

    @Test
    @DisplayName("of 2 000 samples of a skewed quantity at least 95 % have the true quantile in their interval")
    void coverage() {
        Random random = new Random(1);
        int covered = 0;
        long trueMedian = Math.round(1e9 * Math.log(2));
        for (int i = 0; i < 2_000; i++) {
            long[] values = LongStream.generate(() -> (long) (-1e9 * Math.log(1 - random.nextDouble()))).limit(30).sorted().toArray();
            Quantile q = Estimates.quantile(values, 0.5);
            covered += q.low().orElseThrow() <= trueMedian && trueMedian <= q.high().orElseThrow() ? 1 : 0;
        }
        assertThat(covered).isBetween(1_900, 1_980);
    }

    @Test
    void aPairedDifferenceIsMadeSeedBySeed() {
        PairedDifference d = PairedDifference.of("x", new double[] {5, 1, 9, 4}, new double[] {4, 1, 2, 5});
        assertThat(d.pairs()).isEqualTo(4);
        assertThat(d.mean()).isEqualTo(1.75);
        assertThat(d.median()).isEqualTo(0.5);
        assertThat(d.less()).isEqualTo(1);
        assertThat(d.equal()).isEqualTo(1);
        assertThat(d.more()).isEqualTo(2);
        assertThat(d.median95().bounded()).as("four pairs are too few").isFalse();
        assertThat(d.mean95().contains(1.75)).isTrue();
    }
}
