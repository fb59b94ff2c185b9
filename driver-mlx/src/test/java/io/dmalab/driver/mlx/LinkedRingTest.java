package io.dmalab.driver.mlx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkedRingTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("mlx-driver.md section 2: the linked list keeps one entry in reserve, and every entry is posted, free or "
            + "reserved exactly once")
    void random_pushes_and_pops_agree_with_a_queue(long seed) {
        Random random = new Random(seed);
        LinkedRing ring = new LinkedRing(3);
        ArrayDeque<Integer> posted = new ArrayDeque<>();
        for (int step = 0; step < 2000; step++) {
            if (ring.missing() > 0 && random.nextBoolean()) {
                posted.addLast(ring.head());
                ring.push();
            } else if (!posted.isEmpty()) {
                assertThat(ring.oldest()).isEqualTo(posted.peekFirst());
                ring.pop(posted.removeFirst());
            }
            assertThat(ring.posted()).isEqualTo(posted.size());
            assertThat(ring.posted() + ring.missing()).isEqualTo(ring.size() - 1);
            TreeSet<Integer> all = new TreeSet<>(posted);
            int free = ring.head();
            for (int i = 0; i <= ring.missing(); i++) {
                assertThat(all.add(free)).as("entry %d is in one place only", free).isTrue();
                free = ring.next(free);
            }
            assertThat(all).hasSize(ring.size());
        }
    }
}
