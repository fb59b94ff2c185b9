package io.dmalab.driver.mlx;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.diagnose.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class PluginTest {
    @Test
    void is_found_and_registers_its_extensions() {
        EmulatorPlugin plugin = ServiceLoader.load(EmulatorPlugin.class).stream().map(ServiceLoader.Provider::get)
                .filter(p -> p.id().equals("driver-mlx")).findFirst().orElseThrow();
        List<Extension<?>> registered = new ArrayList<>();
        plugin.register(new Extensions() {
            @Override
            public <T> void add(Extension<T> extension) {
                registered.add(extension);
            }

            @Override
            public <T> void provide(Class<T> api, Class<? extends T> implementation) {
                throw new AssertionError("offers no service");
            }
        });

        assertThat(registered).extracting(Extension::id)
                .containsExactly("mlx", "mlx-legacy", "chardev", "pool-nic", "dmarace-nic", "driver-owned-mapping", "open-file",
                        "ethtool-ring", "ethtool-channels", "set-mtu");
        assertThat(registered).filteredOn(e -> e.spi() != Signature.class).allSatisfy(e -> assertThat(e.options()).isPresent());
    }
}
