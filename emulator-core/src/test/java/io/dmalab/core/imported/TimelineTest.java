package io.dmalab.core.imported;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimelineTest {
    @Test
    void what_lives_stays_until_it_changes() {
        Timeline timeline = new Timeline();
        timeline.set(0, 3);
        timeline.set(50_000, 7);
        timeline.set(55_000, 2);
        assertThat(timeline.sampled(0, 100_000, 10)).containsExactly(3, 3, 3, 3, 3, 7, 2, 2, 2, 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void the_most_of_each_column_is_never_less_than_what_lived_then_and_never_more_than_around_it(long seed) {
        Random random = new Random(seed);
        Timeline timeline = new Timeline();
        record Change(long time, long live) {}
        List<Change> changes = new ArrayList<>();
        long time = 0;
        long live = 0;
        for (int i = 0; i < 50_000; i++) {
            time += random.nextInt(1_000_000);
            live = Math.max(0, live + random.nextInt(-3, 4));
            timeline.set(time, live);
            changes.add(new Change(time, live));
        }
        assertThat(timeline.changes()).hasSizeLessThanOrEqualTo(Timeline.STRETCHES_MAX);
        int columns = 100;
        long[] sampled = timeline.sampled(0, time, columns);
        double part = (double) time / columns;
        for (int column = 0; column < columns; column++) {
            double from = column * part;
            double to = from + part;
            double slack = part / 10;
            long inside = changes.stream().filter(c -> c.time() > from + slack && c.time() < to - slack).mapToLong(Change::live).max()
                    .orElse(0);
            long around = changes.stream().filter(c -> c.time() > from - part && c.time() < to + slack).mapToLong(Change::live).max()
                    .orElse(0);
            assertThat(sampled[column]).isBetween(inside, around);
        }
    }
}
