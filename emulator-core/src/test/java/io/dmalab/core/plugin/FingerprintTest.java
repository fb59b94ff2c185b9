package io.dmalab.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.core.PluginJars;
import io.dmalab.core.machine.Injection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
    @TempDir
    Path folder;

    private long fingerprint(String id, String body, String jar) {
        PluginJars.plugin(id, body).build(folder.resolve(jar));
        Class<?> type = PluginLoader.load(Optional.of(folder), Injection.injectors()).plugin(id).type();
        return Fingerprint.of(List.of(EmulatorPlugin.class, type));
    }

    @Test
    void itFollowsTheCodeAndNotTheNameOfTheJar() {
        long one = fingerprint("one", "", "a.jar");
        assertThat(fingerprint("one", "", "a.jar")).isEqualTo(one);
        assertThat(fingerprint("one", "System.out.flush();", "a.jar")).isNotEqualTo(one);
    }

    @Test
    void aPlaceCountsOnce() {
        assertThat(Fingerprint.of(List.of(EmulatorPlugin.class, io.dmalab.api.Extension.class)))
                .isEqualTo(Fingerprint.of(List.of(EmulatorPlugin.class)));
        assertThat(Fingerprint.of(List.of(EmulatorPlugin.class, PluginLoader.class)))
                .isNotEqualTo(Fingerprint.of(List.of(EmulatorPlugin.class)));
    }
}
