package io.dmalab.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.KernelFunction;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The Java stack under kernel names. */
class StackTracesTest {
    abstract static class Hidden implements Supplier<List<String>> {
        @Override
        @KernelFunction("tcp_close")
        public List<String> get() {
            return StackTraces.functions();
        }
    }

    /** Has a bridge to {@code get}, to which the compiler copies the annotation. */
    public static final class Visible extends Hidden {}

    @Test
    void a_bridge_is_no_call_of_its_own() {
        Supplier<List<String>> visible = new Visible();
        assertThat(Visible.class.getDeclaredMethods()).as("the compiler's bridge").hasSize(1).allMatch(java.lang.reflect.Method::isBridge);
        assertThat(visible.get()).containsExactly("tcp_close");
    }
}
