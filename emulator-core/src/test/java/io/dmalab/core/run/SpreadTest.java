package io.dmalab.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void everyFigureIsExact() {
        Spread spread = new Spread();
        for (int i = 1; i <= 1000; i++) {
            spread.record(i * 120_050_003L);
        }
        assertThat(spread.count()).isEqualTo(1000);
        assertThat(spread.max()).isEqualTo(120_050_003_000L);
        assertThat(spread.mean()).isEqualTo(500.5 * 120_050_003, within(1e-3));
        assertThat(spread.percentile(50)).isEqualTo(500 * 120_050_003L);
        assertThat(spread.percentile(99)).isEqualTo(990 * 120_050_003L);
        assertThat(spread.percentile(100)).isEqualTo(spread.max());
    }

    @Test
    void nothingRecordedIsZero() {
        Spread spread = new Spread();
        assertThat(spread.count()).isZero();
        assertThat(spread.mean()).isZero();
        assertThat(spread.max()).isZero();
        assertThat(spread.percentile(99)).isZero();
    }
}
