package io.dmalab.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dmalab.api.kernel.RandomStream;
import io.dmalab.api.policy.FreePolicy;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class XoshiroTest {
    private static final int DRAWS = 200_000;

    @Test
    @DisplayName("xoshiro256++ from the state 1, 2, 3, 4: the authors' own sequence")
    void referenceVector() {
        Xoshiro x = new Xoshiro(1, 2, 3, 4);
        assertThat(LongStream.generate(x::nextLong).limit(10).mapToObj(Long::toUnsignedString)).containsExactly("41943041", "58720359",
                "3588806011781223", "3591011842654386", "9228616714210784205", "9973669472204895162", "14011001112246962877",
                "12406186145184390807", "15849039046786891736", "10450023813501588000");
    }

    @Test
    @DisplayName("seeding is SplitMix64, as in other implementations: seed 0")
    void seeding() {
        Xoshiro x = new Xoshiro(0);
        assertThat(LongStream.generate(x::nextLong).limit(4).mapToObj(Long::toUnsignedString)).containsExactly("5987356902031041503",
                "7051070477665621255", "6633766593972829180", "211316841551650330");
    }

    @Test
    @DisplayName("SplitMix64 from 1234567: the published sequence")
    void splitMix() {
        long golden = 0x9E3779B97F4A7C15L;
        assertThat(Xoshiro.splitMix(1234567 + golden)).isEqualTo(6457827717110365317L);
        assertThat(Xoshiro.splitMix(1234567 + 2 * golden)).isEqualTo(3203168211198807973L);
    }

    @Test
    void aStreamDependsOnSeedAndNameOnly() {
        Streams a = new Streams(7);
        Streams b = new Streams(7);
        b.stream("other").nextLong();
        assertThat(a.stream("holders").nextLong()).isEqualTo(b.stream("holders").nextLong());
        assertThat(new Streams(8).stream("holders").nextLong()).isNotEqualTo(new Streams(7).stream("holders").nextLong());
        assertThat(a.stream("x")).isSameAs(a.stream("x"));
    }

    @Test
    @DisplayName("what was drawn: what a policy draws for itself is no other traffic; anybody else's stream of its own is")
    void aPolicysOwnStreamIsItsOwnBusiness() {
        Streams plain = new Streams(7);
        Streams with = new Streams(7);
        plain.stream("holders").nextLong();
        with.stream("holders").nextLong();
        new Gambler(with).draw();
        assertThat(with.drawn()).isEqualTo(plain.drawn());
        with.stream("traffic").nextLong();
        assertThat(with.drawn()).isNotEqualTo(plain.drawn());
    }

    private static final class Gambler implements FreePolicy {
        private final RandomStream dice;

        Gambler(Streams streams) {
            dice = streams.stream("dice");
        }

        void draw() {
            dice.nextLong();
        }
    }

    @Test
    @DisplayName("what was drawn: another draw is, a stream that was only asked for is not")
    void askingForAStreamIsNoDraw() {
        Streams a = new Streams(7);
        Streams b = new Streams(7);
        a.stream("holders").nextLong();
        b.stream("holders").nextLong();
        b.stream("unused");
        assertThat(b.drawn()).isEqualTo(a.drawn());
        b.stream("unused").nextLong();
        assertThat(b.drawn()).isNotEqualTo(a.drawn());
        a.stream("unused").nextLong();
        assertThat(b.drawn()).isEqualTo(a.drawn());
        a.stream("holders").nextLong();
        assertThat(b.drawn()).isNotEqualTo(a.drawn());
    }

    @Test
    void boundedDrawsAreUniform() {
        RandomStream x = new Xoshiro(1);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[x.nextInt(7)]++;
        }
        assertThat(Arrays.stream(counts)).allMatch(c -> Math.abs(c - 10_000) < 400);
        assertThat(x.nextInt(1)).isZero();
    }

    @Test
    void distributionsHaveTheirMoments() {
        RandomStream x = new Xoshiro(42);
        assertThat(mean(() -> x.exponential(8))).isEqualTo(8, within(0.1));
        assertThat(mean(() -> x.uniform(2, 6))).isEqualTo(4, within(0.02));
        assertThat(mean(x::nextDouble)).isEqualTo(0.5, within(0.005));
        assertThat(mean(() -> Math.log(x.logNormal(5, 1.5)))).isEqualTo(Math.log(5), within(0.02));
        assertThat(mean(() -> x.pareto(3, 1, 1e9))).isEqualTo(1.5, within(0.02));
        assertThat(mean(() -> x.chance(0.3) ? 1 : 0)).isEqualTo(0.3, within(0.005));
    }

    @Test
    void drawsStayInTheirRange() {
        RandomStream x = new Xoshiro(3);
        for (int i = 0; i < DRAWS; i++) {
            assertThat(x.pareto(0.5, 1, 100)).isBetween(1.0, 100.0);
            assertThat(x.exponential(1)).isBetween(0.0, 40.0);
        }
    }

    private static double mean(DoubleSupplier draw) {
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            sum += draw.getAsDouble();
        }
        return sum / DRAWS;
    }
}
