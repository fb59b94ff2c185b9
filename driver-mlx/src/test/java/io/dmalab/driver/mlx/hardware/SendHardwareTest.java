package io.dmalab.driver.mlx.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SendHardwareTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void agrees_with_a_list_of_completion_times(long seed) {
        Random random = new Random(seed);
        int coalesce = 1 + random.nextInt(6);
        long delay = random.nextInt(1000);
        SendHardware hardware = new SendHardware(5, coalesce, delay);
        List<Long> pending = new ArrayList<>();
        long now = 0;
        long last = 0;
        for (int step = 0; step < 5000; step++) {
            now += random.nextInt(300);
            long time = now;
            if (pending.size() < 32 && random.nextInt(3) > 0) {
                long nanos = random.nextInt(500);
                hardware.post(now, nanos);
                last = Math.max(last, now) + nanos;
                pending.add(last);
            }
            int done = (int) pending.stream().filter(t -> t <= time).count();
            assertThat(hardware.completions(now)).isEqualTo(done);
            assertThat(hardware.outstanding()).isEqualTo(pending.size());
            long expected = pending.isEmpty() ? Long.MAX_VALUE : pending.getFirst() + delay;
            if (pending.size() >= coalesce) {
                expected = Math.min(expected, pending.get(coalesce - 1));
            }
            assertThat(hardware.interruptAt()).isEqualTo(expected);
            if (done > 0 && random.nextBoolean()) {
                int consumed = 1 + random.nextInt(done);
                hardware.consume(consumed);
                pending.subList(0, consumed).clear();
            }
        }
    }

    @Test
    void a_stopped_queue_completes_nothing_more_and_never_interrupts() {
        SendHardware hardware = new SendHardware(4, 1, 0);
        hardware.post(0, 100);
        hardware.stop();

        assertThat(hardware.completions(1000)).isZero();
        assertThat(hardware.interruptAt()).isEqualTo(Long.MAX_VALUE);
        assertThat(hardware.outstanding()).isOne();
    }

    @Test
    void an_overrun_is_a_defect() {
        SendHardware hardware = new SendHardware(1, 1, 0);
        hardware.post(0, 1);
        hardware.post(0, 1);

        assertThatIllegalStateException().isThrownBy(() -> hardware.post(0, 1));
    }
}
