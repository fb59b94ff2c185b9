package io.dmalab.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scenario built in code is the file that one would have written. */
class ScenarioBuilderTest {
    private static ScenarioBuilder small() {
        return Scenario.builder("small").device("eth4", Use.of("mlx"));
    }

    @Test
    void everythingStandsInTheTextAsAFileWouldHaveIt() {
        Scenario scenario = Scenario.builder("one-slow-reader").summary("a reader, and a removal: what is left?").story("First.\n\nSecond.")
                .kernel("v6.16").hz(100).pageSize(new ByteSize(4096)).cpus(2).seed(7).ram(ByteSize.parse("64GiB"))
                .kasan(false).memory("dma-debug", "on")
                .platform(Use.of("pseries").with("largest-block", 128)).policy(Use.of("wait-for-drain").with("cap", Span.ofSeconds(10)))
                .device("eth4", Use.of("mlx").with("channels", 2), Use.of("poisson").with("rate", "1kpps"))
                .device("eth5", Use.of("mlx"))
                .holder(0.000015, Use.of("ip-frag"))
                .holder(0.5, Use.of("tcp-receive-queue").with("read-after", "{ exponential: { mean: 3s } }"))
                .notifier(Use.of("trace"))
                .step(Span.ofMillis(2500), Use.of("remove").with("device", "eth4"))
                .timeLimit(Span.ofSeconds(60)).eventLimit(1000).explore(Span.ofSeconds(3), "iommu_table", "it_map")
                .expect("legacy", FindingKind.USE_AFTER_FREE).expect("wait-for-drain").build();
        assertThat(scenario.text()).isEqualTo("""
                scenario: one-slow-reader
                summary: "a reader, and a removal: what is left?"
                kernel: v6.16
                hz: 100
                page-size: 4KiB
                cpus: 2
                seed: 7
                platform: { id: pseries, largest-block: 128 }
                policy: { id: wait-for-drain, cap: 10s }
                story: |2
                  First.

                  Second.
                memory: { ram: 64GiB, kasan: false, dma-debug: on }
                devices:
                  - name: eth4
                    driver: { id: mlx, channels: 2 }
                    traffic: { id: poisson, rate: 1kpps }
                  - name: eth5
                    driver: mlx
                holders:
                  - { share: 1.5E-5, id: ip-frag }
                  - { share: 0.5, id: tcp-receive-queue, read-after: { exponential: { mean: 3s } } }
                notifiers:
                  - trace
                steps:
                  - { at: 2.5s, do: remove, device: eth4 }
                limits: { time: 1min, events: 1000 }
                explore: { horizon: 3s, steps: [iommu_table, it_map] }
                expect: { legacy: [use-after-free], wait-for-drain: [] }
                """);
        assertThat(scenario.kernel()).isEqualTo(KernelProfile.V6_16);
        assertThat(scenario.story()).isEqualTo("First.\n\nSecond.\n");
        assertThat(scenario.policy().text()).contains("wait-for-drain,cap=10s");
        assertThat(scenario.limits().time()).isEqualTo(Span.ofSeconds(60));
        assertThat(scenario.exploration().steps()).containsExactly("iommu_table", "it_map");
        assertThat(scenario.expect()).containsEntry("wait-for-drain", List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "two words", "a: b", "a # b", "'", "\"", "back\\slash", "- x", "[1, 2]", "{ a: b }", "x,y", " edge ",
        "", "tab\there", "on", "null", "~", "&a", "*a", "!tag", "%x", "@x", "`", "ends:", "größer", "two\nlines"})
    void anyTextComesBackAsItWasGiven(String text) {
        assertThat(small().summary(text).build().summary()).isEqualTo(text);
        Scenario scenario = Scenario.builder("small").device("eth4", Use.of("mlx").with("two lines", "a\nb")).expect(text).build();
        assertThat(scenario.expect()).containsKey(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 }", "1, hz: 100", "1 # no more", "[1", "a: b: c", "&a 1", "*a", "!x 1"})
    void aValueThatIsMoreThanOneIsRefused(String value) {
        assertThatThrownBy(() -> small().with("seed", value)).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("seed: '" + value + "': ");
        assertThatThrownBy(() -> small().policy(Use.of("p").with("cap", value))).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("p.cap: '" + value + "': ");
    }

    @Test
    void whatIsWrongWithAScenarioIsSaidAtItsPlaceInTheText() {
        assertThatThrownBy(() -> small().cpus(0).build()).isInstanceOf(BadInput.class)
                .hasMessage("scenario 'small', as built:2:7: 0 cpus are out of range; use 1 to 4096");
        assertThatThrownBy(() -> small().holder(0.7, Use.of("a")).holder(0.7, Use.of("b")).build()).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("scenario 'small', as built:7:14: the shares add up to more than 1");
        assertThatThrownBy(() -> Scenario.builder("small").build()).isInstanceOf(BadInput.class)
                .hasMessageContaining("key 'devices' is missing");
        assertThatThrownBy(() -> small().step(Span.ofSeconds(1), Use.of("remove").with("at", "2s"))).isInstanceOf(BadInput.class)
                .hasMessage("remove.at: 'at' is no option of an extension here; leave it out");
    }

    @Test
    void aSettingChangesWhatWasBuilt() {
        Scenario changed = ScenarioReader.read(small().hz(100).build().text(), "x", List.of(new Setting("hz", "1000"),
                new Setting("devices[eth4].driver.channels", "8")));
        assertThat(changed.settings().hz()).isEqualTo(1000);
        assertThat(changed.devices().getFirst().driver().text()).isEqualTo(Optional.of("mlx,channels=8"));
    }
}
