package io.dmalab.driver.mlx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MlxOptionsTest {
    static MlxOptions options(int channels, int rx, RqType type, int mtu) {
        return new MlxOptions(channels, rx, 1024, type, mtu, true, Span.parse("16us"), 32, Span.parse("16us"), 32, 16, Span.parse("100ns"),
                Span.parse("50us"), 512);
    }

    @Test
    void refuses_what_is_out_of_range_and_says_what_is_in() {
        refused("use 0 to 64", () -> options(65, 1024, RqType.STRIDING, 1500));
        refused("power of two", () -> options(1, 1000, RqType.STRIDING, 1500));
        refused("64 to 8192", () -> options(1, 32, RqType.STRIDING, 1500));
        refused("mtu 10000", () -> options(1, 1024, RqType.CYCLIC, 10000));
    }

    private static void refused(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(message);
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
