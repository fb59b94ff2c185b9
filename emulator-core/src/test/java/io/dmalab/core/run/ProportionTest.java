package io.dmalab.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProportionTest {
    /** Newcombe 1998, table I, method 3. */
    @Test
    @DisplayName("formats.md 4: the interval is Wilson's: published values")
    void wilson() {
        Proportion p = new Proportion(81, 263);
        assertThat(p.low()).isEqualTo(0.2553, within(5e-5));
        assertThat(p.high()).isEqualTo(0.3662, within(5e-5));
        Proportion few = new Proportion(15, 148);
        assertThat(few.low()).isEqualTo(0.0624, within(5e-5));
        assertThat(few.high()).isEqualTo(0.1605, within(5e-5));
    }

    @Test
    @DisplayName("formats.md 4: without a hit the upper end is the exact 95 % bound, about 3/n")
    void noHit() {
        assertThat(new Proportion(0, 1000).high()).isEqualTo(0.0029912, within(1e-6));
        assertThat(new Proportion(0, 10_000).high()).isEqualTo(0.00029953, within(1e-7));
        assertThat(new Proportion(0, 1).high()).isEqualTo(0.95, within(1e-12));
        assertThat(new Proportion(0, 1000).low()).isZero();
    }

    @Test
    void everyHit() {
        assertThat(new Proportion(20, 20).high()).isEqualTo(1);
        assertThat(new Proportion(20, 20).low()).isEqualTo(0.8389, within(5e-5));
    }
}
