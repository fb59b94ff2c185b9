package io.dmalab.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading a scenario, and what a user is told about one that cannot be used. */
class ScenarioReaderTest {
    private static final String GOOD = """
            scenario: x
            summary: one line
            kernel: v6.12
            hz: 100
            page-size: 4KiB
            memory: { ram: 64GiB, kasan: off, reuse-after: 5s }
            devices:
              - { name: eth4, driver: nic, traffic: { id: steady, rate: 20kpps } }
            holders:
              - { id: socket, share: 0.5, hold: { exponential: { mean: 8s } } }
            steps:
              - { at: 2s, do: remove, device: eth4 }
            policy: { id: wait, cap: 10s }
            expect: { legacy: [use-after-free, oops], wait: clean }
            """;

    private static Scenario read(String text) {
        return ScenarioReader.read(text, "x.yaml");
    }

    private static void assertBad(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(BadInput.class).hasMessage(message);
    }

    @Test
    void everyKeyArrivesInItsPlace() {
        Scenario s = read(GOOD);
        assertThat(s.id()).isEqualTo("x");
        assertThat(s.kernel()).isEqualTo(KernelProfile.V6_12);
        assertThat(s.settings().hz()).isEqualTo(100);
        assertThat(s.settings().pageSize()).isEqualTo(new ByteSize(4096));
        assertThat(s.settings().cpus()).as("default").isEqualTo(8);
        assertThat(s.memory().kasan()).isFalse();
        assertThat(s.memory().reuseAfter()).isEqualTo(new HoldTime.Constant(Span.ofSeconds(5)));
        assertThat(s.limits().events()).as("default").isEqualTo(200_000_000);
        assertThat(s.devices()).extracting(d -> d.name() + " " + d.driver().id() + " " + d.traffic().orElseThrow().id())
                .containsExactly("eth4 nic steady");
        assertThat(s.holders()).extracting(h -> h.share() + " " + h.holder().id()).containsExactly("0.5 socket");
        assertThat(s.steps()).extracting(step -> step.at() + " " + step.action().id()).containsExactly("2s remove");
        assertThat(s.policy().text()).contains("wait,cap=10s");
        assertThat(s.expect()).containsEntry("legacy", List.of(FindingKind.USE_AFTER_FREE, FindingKind.OOPS))
                .containsEntry("wait", List.of());
        assertThat(s.text()).isEqualTo(GOOD);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "hz: 100           | hzz: 100           | x.yaml:4:1: unknown key 'hzz'; did you mean 'hz'?",
        "hz: 100           | hz: 300            | x.yaml:4:5: hz 300 is not a kernel's; use 100, 250 or 1000",
        "hz: 100           | hz: fast           | x.yaml:4:5: 'fast' is not a whole number; write digits, e.g. 8, 50M or 0x10",
        "kernel: v6.12     | kernel: v6.21      | x.yaml:3:9: unknown kernel profile 'v6.21'; did you mean 'v6.12'?",
        "page-size: 4KiB   | page-size: 4KB     | x.yaml:5:12: 'KB' is not a unit of a size; use one of B, GiB, KiB, MiB, TiB",
        "page-size: 4KiB   | page-size: 4096    | x.yaml:5:12: '4096' is not a size; write a number and a unit, one of B",
        "page-size: 4KiB   | page-size: 16KiB   | x.yaml:5:12: page-size 16KiB is not a powerpc page; use 4KiB or 64KiB",
        "kasan: off        | kasan: maybe       | x.yaml:6:30: 'maybe' is neither on nor off; write on or off",
        "ram: 64GiB        | rom: 64GiB         | x.yaml:6:11: unknown key 'rom'; did you mean 'ram'? known: ",
        "share: 0.5        | share: 1.5         | x.yaml:10:26: a share of 1.5 is out of range; use 0 to 1, a fraction of the",
        "share: 0.5        | share: NaN         | x.yaml:10:26: 'NaN' is not a number; write e.g. 0.5",
        "share: 0.5        | sahre: 0.5         | x.yaml:10:5: key 'share' is missing; add 'share: ...'",
        "at: 2s            | at: 2 seconds      | x.yaml:12:11: 'seconds' is not a unit of a duration; use one of h, min, ms, ns, s, us",
        "do: remove        | does: remove       | x.yaml:12:5: key 'do' is missing; add 'do: ...'",
        "name: eth4        | name: [eth4]       | x.yaml:8:13: a single value is expected here, not a list; write 'key: value'",
        "clean }           | claen }            | x.yaml:14:49: unknown finding 'claen'; did you mean 'clean'?",
    })
    void theFirstProblemIsToldWithItsPlaceAndTheRemedy(String old, String replacement, String message) {
        assertThat(GOOD).contains(old);
        assertThatThrownBy(() -> read(GOOD.replace(old, replacement))).isInstanceOf(BadInput.class).hasMessageStartingWith(message);
    }

    @Test
    void aKeyGivenTwiceIsRefused() {
        assertBad(GOOD + "hz: 250\n", "x.yaml:15:1: key 'hz' is given twice; remove one");
    }

    @Test
    void aDeviceGivenTwiceIsRefused() {
        assertBad(GOOD.replace("holders:", "  - { name: eth4, driver: nic }\nholders:"),
                "x.yaml:9:13: a second device 'eth4'; give each device a name of its own");
    }

    @Test
    void sharesAddUpToOneAtMost() {
        assertBad(GOOD.replace("steps:", "  - { id: socket, share: 0.6 }\nsteps:"),
                "x.yaml:11:26: the shares add up to more than 1; lower one; what is left over is freed at once");
    }

    @Test
    void aScenarioWithoutDevicesIsRefused() {
        assertBad("scenario: x\n", "x.yaml:1:1: key 'devices' is missing; add 'devices: ...'");
    }

    @Test
    void otherShapesAreRefused() {
        assertBad("", "x.yaml:1:1: the file is empty; a scenario begins with 'scenario: NAME'");
        assertBad("  \n\n", "x.yaml:1:1: the file is empty; a scenario begins with 'scenario: NAME'");
        assertBad("# only a comment\n", "x.yaml:1:1: the file holds no value; a scenario begins with 'scenario: NAME'");
        assertBad("just text", "x.yaml:1:1: a scenario is a mapping of keys to values; it begins with 'scenario: NAME'");
        assertBad("- a\n- b\n", "x.yaml:1:1: a scenario is a mapping of keys to values; it begins with 'scenario: NAME'");
        assertBad("scenario: x\n---\nscenario: y\n", "x.yaml:3:1: a second document; one file holds one scenario");
        assertBad("scenario: [x\n",
                "x.yaml:2:1: not YAML: expected ',' or ']', but got <stream end>; check indentation, colons and quotes here");
        assertBad("scenario: x\n\thz: 250\n",
                "x.yaml:2:1: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation);"
                + " check indentation, colons and quotes here");
    }

    @Test
    void tagsAnchorsAndAliasesAreRefused() {
        assertBad("scenario: !!java.net.URL x\n", "x.yaml:1:11: tags are not supported; remove 'tag:yaml.org,2002:java.net.URL'");
        assertBad("scenario: &a x\n", "x.yaml:1:11: anchors and aliases are not supported; write the value out");
        assertBad("scenario: *a\n", "x.yaml:1:11: anchors and aliases are not supported; write the value out");
    }

    @Test
    void anAliasBombIsRefusedAtOnce() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [*a").append(i - 1).append(", *a").append(i - 1).append("]\n");
        }
        assertBad(bomb.toString(), "x.yaml:1:5: anchors and aliases are not supported; write the value out");
    }

    @Test
    void deepNestingIsRefusedWithoutAStackOverflow() {
        assertBad("scenario: " + "[".repeat(500_000), "x.yaml:1:42: nested more than 32 deep; scenarios are flat; check the brackets");
        assertBad("scenario: " + "{a: ".repeat(100_000), "x.yaml:1:135: nested more than 32 deep; scenarios are flat; check the brackets");
    }

    @Test
    void aMessageIsOneLineWhateverTheUserWrote() {
        assertBad("scenario: x\n\"a\\nb\\e[31m\": 1\n" + GOOD.substring(GOOD.indexOf("devices")),
                "x.yaml:2:1: unknown key 'a\\nb\uFFFD[31m'; known: "
                        + String.join(", ", List.of("cpus", "devices", "expect", "explore", "hardware", "holders", "hz",
                        "kernel", "limits", "memory", "notifiers", "page-size", "platform", "policy", "scenario", "seed", "steps", "story",
                                "summary", "timers")));
        assertThatThrownBy(() -> read("scenario: x\n" + "k".repeat(900) + ": 1\n" + GOOD.substring(GOOD.indexOf("devices"))))
                .message().hasSizeLessThan(400).startsWith("x.yaml:2:1: unknown key 'kkk");
    }

    // other values in some places

    private static Scenario set(String... settings) {
        return ScenarioReader.read(GOOD, "x.yaml", Arrays.stream(settings).map(text -> Setting.parse(text, "--set")).toList());
    }

    @Test
    void aSettingReplacesWhatIsThereAndAddsWhatIsNot() {
        Scenario s = set("hz=1000", "memory.ram=128GiB", "cpus=2", "limits.time=1min", "devices[eth4].traffic.rate=5kpps", "steps[0].at=3s",
                "holders[0].share=0.25", "policy.cap=1s");
        assertThat(s.settings().hz()).isEqualTo(1000);
        assertThat(s.settings().cpus()).isEqualTo(2);
        assertThat(s.memory().ram()).isEqualTo(new ByteSize(128L << 30));
        assertThat(s.memory().kasan()).as("as it was").isFalse();
        assertThat(s.limits().time()).isEqualTo(Span.parse("1min"));
        assertThat(s.devices().getFirst().traffic().orElseThrow().text()).contains("steady,rate=5kpps");
        assertThat(s.steps().getFirst().at()).isEqualTo(Span.parse("3s"));
        assertThat(s.holders().getFirst().share()).isEqualTo(0.25);
        assertThat(s.policy().text()).contains("wait,cap=1s");
        assertThat(s.text()).as("the file as it was read").isEqualTo(GOOD);
    }

    @Test
    void aWordGetsOptionsAndAWholeMappingCanBeAValue() {
        assertThat(set("devices[0].driver.channels=4").devices().getFirst().driver().text()).contains("nic,channels=4");
        assertThat(set("holders[0].hold={ uniform: { min: 1s, max: 2s } }").holders()).hasSize(1);
        assertThat(set("policy=legacy").policy().text()).contains("legacy");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "hzz=1 | x.yaml: unknown key 'hzz'; did you mean 'hz'?",
        "devices[1].driver=x | devices[1].driver=x: 'devices' has no element '1'; it has 1, counted from 0",
        "devices.driver=x | devices.driver=x: 'devices' has no keys in the scenario",
        "hz[0]=1 | hz[0]=1: 'hz' is not a list in the scenario; leave out [0]",
        "nothing[0].x=1 | nothing[0].x=1: the scenario has no list 'nothing'",
        "a..b=1 | a..b=1: '' is no key", "hz=fast | x.yaml: 'fast' is not a whole number", "hz={ | hz={: not YAML"
    })
    void aWrongSettingIsNamed(String setting, String message) {
        assertThatThrownBy(() -> set(setting)).isInstanceOf(BadInput.class).hasMessageStartingWith(message);
    }
}
