package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.core.random.Xoshiro;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimerLatticeTest {
    /** First jiffy after {@code expires} whose number is a multiple of the granularity that belongs to the distance. */
    private static long naive(long clock, long expires) {
        long distance = expires - clock;
        long granularity = 1;
        long reach = 63;
        for (int level = 0; level < 8 && distance >= reach; level++) {
            granularity *= 8;
            reach *= 8;
        }
        long at = expires + 1;
        while (Math.floorMod(at, granularity) != 0) {
            at++;
        }
        return at;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agrees_with_a_step_by_step_search(long seed) {
        Xoshiro random = new Xoshiro(seed);
        for (int i = 0; i < 3_000; i++) {
            long clock = random.nextInt(1 << 20) - 75_000;
            long ticks = random.nextInt(1 << random.nextInt(17) + 1);
            long bucket = TimerLattice.bucket(clock, clock + ticks);
            assertThat(bucket).as("clock %d, %d ticks", clock, ticks).isEqualTo(naive(clock, clock + ticks)).isGreaterThan(clock + ticks);
        }
    }

    @Test
    @DisplayName("dlpar-and-notifiers.md section 9: jiffies start at -300 seconds, so their low word wraps five minutes after boot")
    void jiffies_wrap_five_minutes_after_boot() {
        TimerLattice lattice = new TimerLattice(250, false);
        assertThat(lattice.jiffies(0)).isEqualTo(-75_000);
        assertThat((int) lattice.jiffies(299_999_999_999L)).isNegative();
        assertThat(lattice.jiffies(300_000_000_000L)).isZero();
    }

    @ParameterizedTest(name = "HZ {0}")
    @CsvSource({"100", "250", "1000"})
    void never_early_and_less_than_an_eighth_late(int hz) {
        TimerLattice lattice = new TimerLattice(hz, false);
        Xoshiro random = new Xoshiro(hz);
        for (int i = 0; i < 10_000; i++) {
            long now = random.nextInt(1_000_000_000) * 100L;
            long ticks = 1 + random.nextInt(60 * hz);
            long late = lattice.expiry(now, ticks) - (now + ticks * lattice.tickNanos());
            assertThat(late).isGreaterThan(0).isLessThanOrEqualTo((ticks / 7 + 2) * lattice.tickNanos());
        }
    }
}
