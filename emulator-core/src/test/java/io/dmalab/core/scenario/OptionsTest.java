package io.dmalab.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.config.BitRate;
import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Rate;
import io.dmalab.api.config.Span;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Options records: every type, defaults, and declarations that are wrong. */
class OptionsTest {
    enum Mode { FAST, VERY_SLOW }

    record All(
            @Option(value = "50ms", doc = "a") Span pollInterval,
            @Option(value = "64KiB", doc = "b") ByteSize size,
            @Option(value = "20kpps", doc = "c") Rate rate,
            @Option(value = "100Gbit/s", doc = "d") BitRate link,
            @Option(value = "{ log-normal: { median: 200us, p99: 20ms } }", doc = "e") HoldTime hold,
            @Option(value = "0x10", doc = "f") int count,
            @Option(value = "50M", doc = "g") long events,
            @Option(value = "0.25", doc = "h") double share,
            @Option(value = "on", doc = "i") boolean enabled,
            @Option(value = "eth4", doc = "j") String device,
            @Option(value = "very-slow", doc = "k") Mode mode,
            @Option(doc = "l") Optional<Span> cap,
            @Option(value = "[1s, 2s]", doc = "m") List<Span> delays) {}

    record Needy(@Option(doc = "how many, 1 to 9") int count) {}

    record Undeclared(int count) {}

    record WrongDefault(@Option(value = "5", doc = "x") Span cap) {}

    record WrongType(@Option(value = "5", doc = "x") StringBuilder text) {}

    private static <R extends Record> R bind(Class<R> type, String options) {
        return type.cast(Configured.parse("x" + options, "-p").bind(Optional.of(type), List.of()));
    }

    @Test
    void defaultsAreReadAsAScenarioWouldWriteThem() {
        assertThat(bind(All.class, "")).isEqualTo(new All(Span.ofMillis(50), new ByteSize(65536), new Rate(20_000), new BitRate(1e11),
                HoldTime.LogNormal.of(new Span(200_000), Span.ofMillis(20)), 16, 50_000_000, 0.25, true, "eth4", Mode.VERY_SLOW,
                        Optional.empty(),
                List.of(Span.ofSeconds(1), Span.ofSeconds(2))));
        assertThat(hold("{ quantiles: { p0: 0ms, p99.5: 2s, p100: forever } }")).isEqualTo(new HoldTime.Quantiles(List.of(
                new HoldTime.Quantiles.Point(0, Span.ofMillis(0)), new HoldTime.Quantiles.Point(99.5, Span.ofSeconds(2)),
                new HoldTime.Quantiles.Point(100, Span.FOREVER))));
    }

    @Test
    void quantilesAreInterpolatedAndEndForEver() {
        HoldTime.Quantiles hold = (HoldTime.Quantiles) hold("{ quantiles: { p0: 0ms, p50: 100ms, p90: 1s, p90.001: 1s, p100: forever } }");
        assertThat(hold.at(0)).isZero();
        assertThat(hold.at(25)).isEqualTo(50_000_000L);
        assertThat(hold.at(70)).isEqualTo(550_000_000L);
        assertThat(hold.at(90.0005)).isEqualTo(1_000_000_000L);
        assertThat(hold.at(91)).isEqualTo(Long.MAX_VALUE);
        assertThat(hold.at(100)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void optionsAreNamedInKebabCase() {
        All all = bind(All.class, ",poll-interval=1s,mode=fast,cap=forever,delays=3s");
        assertThat(all.pollInterval()).isEqualTo(Span.ofSeconds(1));
        assertThat(all.mode()).isEqualTo(Mode.FAST);
        assertThat(all.cap()).contains(Span.FOREVER);
        assertThat(all.delays()).containsExactly(Span.ofSeconds(3));
    }

    @Test
    void aRequiredOptionIsAskedFor() {
        assertThatThrownBy(() -> bind(Needy.class, "")).isInstanceOf(BadInput.class)
                .hasMessage("-p: option 'count' is missing; add 'count: ...' (how many, 1 to 9)");
    }

    @Test
    void aWrongValueIsRefused() {
        assertThatThrownBy(() -> bind(All.class, ",mode=vry-slow"))
                .hasMessage("-p: 'vry-slow' is not one of the choices; did you mean 'very-slow'?"
                + " known: fast, very-slow");
        assertThatThrownBy(() -> bind(All.class, ",count=3000000000")).isInstanceOf(BadInput.class).message().contains("integer overflow");
        assertThatThrownBy(() -> bind(All.class, ",share=0x1p3")).hasMessage("-p: '0x1p3' is not a number; write e.g. 0.5");
        assertThatThrownBy(() -> bind(All.class, ",cap"))
                .hasMessage("-p: 'cap' is not an option of the form name=value; write e.g. wait-for-drain,cap=10s");
        assertThatThrownBy(() -> bind(All.class, ",cap=")).hasMessage("-p: a name or a value is empty; write e.g. wait-for-drain,cap=10s");
    }

    private static Object hold(String yaml) {
        return HoldTimes.read(YamlFile.parse("hold: " + yaml, "x").require("hold"));
    }

    @Test
    void holdTimesAreDistributions() {
        assertThat(hold("30s")).isEqualTo(new HoldTime.Constant(Span.ofSeconds(30)));
        assertThat(hold("forever")).isEqualTo(new HoldTime.Forever());
        assertThat(hold("{ exponential: { mean: 8s } }")).isEqualTo(new HoldTime.Exponential(Span.ofSeconds(8)));
        assertThat(hold("{ pareto: { alpha: 1.5, min: 1ms, cap: 10s } }"))
                .isEqualTo(new HoldTime.Pareto(1.5, Span.ofMillis(1), Span.ofSeconds(10)));
        assertThat(hold("{ uniform: { min: 0ms, max: 2ms } }")).isEqualTo(new HoldTime.Uniform(Span.ofMillis(0), Span.ofMillis(2)));
        assertThat(hold("{ one-of: [1s, 2s] }")).isEqualTo(new HoldTime.Empirical(List.of(Span.ofSeconds(1), Span.ofSeconds(2))));
    }

    @Test
    void wrongHoldTimesAreRefused() {
        assertThatThrownBy(() -> hold("{ quantiles: { p0: 1s, p50: 0s, p100: 2s } }"))
                .hasMessage("x:1:20: the quantiles do not ascend at 0ns; correct the value");
        assertThatThrownBy(() -> hold("{ quantiles: { p0: 1s, p50: 2s } }")).hasMessageContaining("quantiles go from p0 to p100");
        assertThatThrownBy(() -> hold("{ quantiles: { p0: 1s, half: 2s } }")).hasMessageContaining("'half' is not a quantile; write e.g.");
        assertThatThrownBy(() -> hold("{ exponential: { maen: 8s } }")).hasMessage("x:1:22: key 'mean' is missing; add 'mean: ...'");
        assertThatThrownBy(() -> hold("{ exponentiel: { mean: 8s } }"))
                .hasMessageStartingWith("x:1:9: unknown key 'exponentiel'; did you mean 'exponential'?");
        assertThatThrownBy(() -> hold("{ pareto: { alpha: -1, min: 1ms, cap: 10s } }"))
                .hasMessage("x:1:17: alpha and min are more than 0, cap is at least min; correct the value");
        assertThatThrownBy(() -> hold("{ uniform: { min: 1s, max: 2s, mean: 1s } }"))
                .hasMessage("x:1:38: unknown key 'mean'; known: max, min");
    }

    @Test
    void wrongDeclarationsAreFoundWhenAPluginRegisters() {
        Options.check(All.class);
        assertThatThrownBy(() -> Options.check(Undeclared.class)).hasMessageContaining("component count of")
                .hasMessageEndingWith("has no @Option");
        assertThatThrownBy(() -> Options.check(WrongDefault.class)).hasMessageStartingWith("the default of option 'cap' is wrong: ");
        assertThatThrownBy(() -> Options.check(WrongType.class))
                .hasMessage("option 'text' is of type java.lang.StringBuilder, which options cannot have");
    }

    @Test
    void optionsDescribeThemselves() {
        List<Options.Info> infos = Options.of(All.class);
        assertThat(infos).extracting(Options.Info::name).startsWith("poll-interval", "size");
        assertThat(infos.get(10).choices()).containsExactly("fast", "very-slow");
        assertThat(infos).noneMatch(Options.Info::required);
        assertThat(Options.of(Needy.class)).allMatch(Options.Info::required);
    }

    @Test
    void aPolicyIsWrittenAsItIsRead() {
        assertThat(Configured.parse("w,interval=1s,cap=2s", "p").text()).contains("w,cap=2s,interval=1s");
    }
}
