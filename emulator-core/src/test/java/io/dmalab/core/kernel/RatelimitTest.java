package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.ContextKind;
import io.dmalab.core.random.Streams;
import io.dmalab.core.random.Xoshiro;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatelimitTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    @DisplayName("dlpar-and-notifiers.md invariant 8: ten blocks in five seconds over all users; the count is that of the denied calls")
    void one_state_for_everybody() {
        SimKernel kernel = new SimKernel(KernelConfig.basic(1), new Streams(1));
        int[] allowed = new int[1];
        for (int i = 0; i < 58; i++) {
            String user = i % 2 == 0 ? "tce_freemulti_pSeriesLP" : "iommu_free_check";
            kernel.sched().at(i * 1_000_000L, ContextKind.SOFTIRQ, 0, x -> allowed[0] += kernel.printk().ratelimit(user) ? 1 : 0, 0);
        }
        kernel.sched().at(6 * SECOND, ContextKind.SOFTIRQ, 0, x -> {
            if (kernel.printk().ratelimit("tce_freemulti_pSeriesLP")) {
                kernel.printk().warn("tce_freemulti_pSeriesLP: plpar_tce_stuff failed");
            }
        }, 0);
        kernel.run();
        assertThat(allowed[0]).isEqualTo(10);
        assertThat(kernel.logLines()).extracting(l -> l.text()).containsExactly(
                "tce_freemulti_pSeriesLP: 48 callbacks suppressed", "tce_freemulti_pSeriesLP: plpar_tce_stuff failed");
        kernel.close();
    }

    @Test
    void a_call_exactly_at_the_end_of_the_window_still_belongs_to_it() {
        Ratelimit limit = new Ratelimit(5, 1);
        assertThat(limit.expire(0)).isEqualTo(-1);
        assertThat(limit.take()).isTrue();
        assertThat(limit.expire(5)).isEqualTo(-1);
        assertThat(limit.take()).isFalse();
        assertThat(limit.expire(6)).isEqualTo(1);
    }

    /** Against a model that looks at the whole history of calls each time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agrees_with_a_model_over_the_whole_history(long seed) {
        Xoshiro random = new Xoshiro(seed);
        Ratelimit limit = new Ratelimit(5_000, 10);
        List<Long> window = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(random.chance(0.02) ? 9_000 : 300);
            if (!window.isEmpty() && now > window.getFirst() + 5_000) {
                assertThat(limit.expire(now)).as("call %d", i).isEqualTo(Math.max(0, window.size() - 10));
                window.clear();
            } else {
                assertThat(limit.expire(now)).isEqualTo(-1);
            }
            window.add(now);
            assertThat(limit.take()).isEqualTo(window.size() <= 10);
        }
    }
}
