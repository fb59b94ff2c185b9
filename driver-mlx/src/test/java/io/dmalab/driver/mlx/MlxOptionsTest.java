package io.dmalab.driver.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MlxOptionsTest {
    static MlxOptions options(int channels, int rx, RqType type, int mtu) {
        return new MlxOptions(channels, rx, 1024, type, mtu, true, Span.parse("16us"), 32, Span.parse("16us"), 32, 16, Span.parse("100ns"),
                Span.parse("50us"), 512);
    }

    @Test
    void refuses_what_is_out_of_range_and_says_what_is_in() {
        assertThatIllegalArgumentException().isThrownBy(() -> options(65, 1024, RqType.STRIDING, 1500)).withMessageContaining("use 0 to 64");
        assertThatIllegalArgumentException().isThrownBy(() -> options(1, 1000, RqType.STRIDING, 1500)).withMessageContaining("power of two");
        assertThatIllegalArgumentException().isThrownBy(() -> options(1, 32, RqType.STRIDING, 1500)).withMessageContaining("64 to 8192");
        assertThatIllegalArgumentException().isThrownBy(() -> options(1, 1024, RqType.CYCLIC, 10000)).withMessageContaining("mtu 10000");
    }

    @Test
    void every_option_is_documented() {
        assertThat(Arrays.stream(MlxOptions.class.getRecordComponents()).map(c -> c.getAnnotation(Option.class)))
                .allSatisfy(o -> assertThat(o.doc()).isNotBlank());
    }

    @Test
    void channels_default_to_one_per_cpu_up_to_eight() {
        assertThat(RingParams.of(options(0, 1024, RqType.STRIDING, 1500), 4).channels()).isEqualTo(4);
        assertThat(RingParams.of(options(0, 1024, RqType.STRIDING, 1500), 96).channels()).isEqualTo(8);
        assertThat(RingParams.of(options(16, 1024, RqType.STRIDING, 1500), 4).channels()).isEqualTo(16);
    }
}
