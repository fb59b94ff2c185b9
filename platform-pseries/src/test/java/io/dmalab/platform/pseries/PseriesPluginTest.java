package io.dmalab.platform.pseries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.EmulatorPlugin;
import io.dmalab.api.Extension;
import io.dmalab.api.Extensions;
import io.dmalab.api.config.ByteSize;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.Configured;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PseriesPluginTest {
    private static List<Extension<?>> extensions() {
        List<Extension<?>> found = new ArrayList<>();
        new PseriesPlugin().register(new Extensions() {
            @Override
            public <T> void add(Extension<T> extension) {
                found.add(extension);
            }

            @Override
            public <T> void provide(Class<T> api, Class<? extends T> implementation) {
                throw new AssertionError("provides nothing");
            }
        });
        return found;
    }

    @Test
    @DisplayName("found as a service by its jar")
    void service() {
        assertThat(ServiceLoader.load(EmulatorPlugin.class).stream().map(ServiceLoader.Provider::type)).contains(PseriesPlugin.class);
    }

    @Test
    @DisplayName("what it registers, each with words for the lists")
    void registers() {
        assertThat(extensions().stream().map(e -> e.spi().getSimpleName() + " " + e.id())).containsExactly(
                "Platform pseries", "DmaAllocator iommu-table-bitmap", "TimeoutSource pseries", "ProfileSet hypervisor", "Platform pseries-recording",
                "Action replay-guest", "GuestConformance tce-trace", "HypervisorConformance tce-trace", "TraceInterpreter powerpc", "Signature late-tce",
                "IommuBackend pseries-ddw", "IommuBackend pseries-default-window",
                "IommuBackend pseries-direct", "FreePolicy wait-for-drain", "FreePolicy wait-without-swap", "FreePolicy swap-without-wait",
                "FreePolicy wait-unbounded", "FreePolicy wait-then-quarantine", "FreePolicy wait-then-ebusy", "FreePolicy event-driven",
                "FreePolicy iommu-group-reference", "FreePolicy table-reference", "FreePolicy window-reference",
                "FreePolicy zombie-table", "FreePolicy null-base",
                "FreePolicy generation-check", "FreePolicy blocking-domain", "FreePolicy direct-window", "FreePolicy firmware-refuses",
                "FreePolicy lazy-flush");
        assertThat(extensions()).allSatisfy(e -> assertThat(e.summary()).isNotBlank());
        assertThat(extensions().stream().filter(e -> e.spi().getSimpleName().equals("FreePolicy")))
                .allSatisfy(e -> assertThat(e.description()).contains("Mechanism", "Origin", "Cost", "Fails by"));
    }

    @Test
    @DisplayName("its options have the seed's machine as their defaults")
    void defaults() {
        PseriesOptions options = (PseriesOptions) Configured.parse("pseries", "test").bind(Optional.of(PseriesOptions.class), List.of());
        assertThat(options.drcType()).isEqualTo(PseriesOptions.DrcType.PHB);
        assertThat(options.adapter()).isEqualTo(PseriesOptions.Adapter.SRIOV);
        assertThat(options.pageSizes()).hasSize(2);
        assertThat(options.largestBlock()).isEqualTo(8388608);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "pseries,largest-block=0             | use 1 to 17179869184 entries",
        "pseries,default-window=1KiB         | use 1MiB to 4GiB",
        "pseries,create-busy=-1              | use 0 or more",
        "pseries,fail-iommu=2                | use 0 to 1",
        "pseries,drc-type=usb                | phb"})
    @DisplayName("bad options are refused with what to do")
    void badOptions(String text, String remedy) {
        assertThatThrownBy(() -> Configured.parse(text, "test").bind(Optional.of(PseriesOptions.class), List.of()))
                .isInstanceOf(BadInput.class).hasMessageContaining(remedy);
    }

    @Test
    @DisplayName("page sizes are powers of two that exist")
    void badPageSize() {
        PseriesOptions o = (PseriesOptions) Configured.parse("pseries", "test").bind(Optional.of(PseriesOptions.class), List.of());
        List<ByteSize> sizes = List.of(new ByteSize(5000));
        assertThatThrownBy(() -> new PseriesOptions(o.hypervisor(), o.drcType(), o.adapter(), o.iommu(), o.allocator(), o.defaultWindow(),
                o.ddw(), sizes, o.largestBlock(), o.maxMemory(), o.pmemory(), o.multiTce(), o.createBusy(), o.liobnReuse(),
                o.earlyIsolation(), o.isolateRefusedWhileLive(), o.failIommu(), o.hcallTime(), o.tceTime(), o.rtasTime(), o.toolStep(), o.release()))
                .hasMessageContaining("use powers of two");
    }
}
