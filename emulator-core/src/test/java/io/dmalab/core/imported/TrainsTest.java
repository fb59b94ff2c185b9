package io.dmalab.core.imported;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainsTest {
    @Test
    void few_packets_stay_as_they_came() {
        Trains trains = new Trains();
        trains.add(5_000, 1, 100);
        trains.add(5_000, 1, 60);
        trains.add(9_000, 1, 1_514);
        assertThat(trains.all()).containsExactly(new Trains.Train(5_000, 5_000, 2, 160), new Trains.Train(9_000, 9_000, 1, 1_514));
        assertThat(trains.nearNanos()).isEqualTo(1_000);
    }

    @Test
    void a_time_that_goes_back_counts_as_the_one_before() {
        Trains trains = new Trains();
        trains.add(5_000, 1, 1);
        trains.add(3_000, 1, 1);
        assertThat(trains.all()).containsExactly(new Trains.Train(5_000, 5_000, 2, 2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void many_packets_become_trains_that_lose_no_packet(long seed) {
        Random random = new Random(seed);
        Trains trains = new Trains();
        long time = random.nextLong(1L << 40);
        long bytes = 0;
        int packets = 200_000;
        for (int i = 0; i < packets; i++) {
            // bursts and pauses
            time += random.nextInt(100) == 0 ? random.nextInt(50_000_000) : random.nextInt(20) * 1_000L;
            int size = random.nextInt(60, 1_515);
            bytes += size;
            trains.add(time, 1, size);
        }
        List<Trains.Train> all = trains.all();
        assertThat(all).hasSizeBetween(Trains.TRAINS_MAX / 8, Trains.TRAINS_MAX);
        assertThat(all.stream().mapToLong(Trains.Train::count).sum()).isEqualTo(packets);
        assertThat(all.stream().mapToLong(Trains.Train::bytes).sum()).isEqualTo(bytes);
        assertThat(all.getLast().last()).isEqualTo(time);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).last() - all.get(i).first()).isBetween(0L, trains.nearNanos() - 1);
            assertThat(i == 0 || all.get(i).first() > all.get(i - 1).last()).isTrue();
        }
    }
}
