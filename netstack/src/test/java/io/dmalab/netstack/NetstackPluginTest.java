package io.dmalab.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.Extension;
import io.dmalab.api.config.Option;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every extension of the plugin: its options can be read and are documented, and it can be injected. */
class NetstackPluginTest {
    static Stream<Extension<?>> extensions() {
        return new ExtensionShelf().all().stream();
    }

    @ParameterizedTest
    @MethodSource("extensions")
    void has_one_constructor_to_inject(Extension<?> extension) {
        assertThat(extension.implementation().getConstructors()).hasSize(1);
        assertThat(extension.spi()).isAssignableFrom(extension.implementation());
        boolean injected = extension.implementation().getConstructors()[0].isAnnotationPresent(jakarta.inject.Inject.class);
        assertThat(injected || extension.implementation().getConstructors()[0].getParameterCount() == 0).isTrue();
    }

    @ParameterizedTest
    @MethodSource("extensions")
    void is_described(Extension<?> extension) {
        assertThat(extension.summary()).isNotBlank().hasSizeLessThan(120).doesNotEndWith(".").doesNotContain("\n");
        assertThat(extension.description()).as(extension.id()).isNotBlank().endsWith(".");
    }

    @ParameterizedTest
    @MethodSource("extensions")
    void has_documented_options_whose_defaults_can_be_read(Extension<?> extension) {
        extension.options().ifPresent(record -> {
            for (RecordComponent component : record.getRecordComponents()) {
                Option option = component.getAnnotation(Option.class);
                assertThat(option).as("%s of %s", component.getName(), extension.id()).isNotNull();
                assertThat(option.doc()).isNotBlank().doesNotEndWith(".");
            }
            try {
                assertThat(Configured.parse(extension.id(), "test").bind(extension.options(), List.of())).isInstanceOf(record);
            } catch (BadInput missing) {
                // what has no default must be asked for by name, with a remedy that says what to add
                assertThat(missing.getMessage()).as(extension.id()).matches("(?s).*(is missing|is needed|is empty).*");
            }
        });
    }
}
