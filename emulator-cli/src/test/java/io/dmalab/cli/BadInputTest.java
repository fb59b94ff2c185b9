package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a user gets wrong is one line on stderr and exit code 2. */
class BadInputTest {
    @TempDir
    Path folder;

    private String good;

    @BeforeEach
    void scenario() throws IOException {
        good = Files.readString(Path.of(System.getProperty("basedir", "."), "src/test/resources/small.yaml"));
    }

    private void check(String name, String... args) {
        Cli.Outcome outcome = Cli.run(args);
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(Main.BAD_INPUT);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines()).hasSize(1).first().asString().startsWith("dmalab: ");
        Golden.check("bad-" + name, outcome.text(folder));
    }

    private String file(String old, String replacement) throws IOException {
        assertThat(good).contains(old);
        return Files.writeString(folder.resolve("my.yaml"), good.replace(old, replacement)).toString();
    }

    @Test
    void unknownKey() throws IOException {
        check("unknown-key", "run", file("summary:", "sumary:"));
    }

    @Test
    @DisplayName("formats.md 4: a time without a unit is refused where it stands")
    void badUnit() throws IOException {
        check("bad-unit", "run", file("at: 1s", "at: 1sec"));
    }

    @Test
    @DisplayName("formats.md 3 and 5.13: bad input is one line with its place and a suggestion, and exit code 2")
    void unknownHolder() throws IOException {
        check("unknown-holder", "run", file("id: ip-frag", "id: ip_frag"));
    }

    @Test
    void unknownOption() throws IOException {
        check("unknown-option", "run", file("channels: 2", "chanels: 2"));
    }

    @Test
    void platformWithoutDevices() throws IOException {
        Path recording = Files.copy(Recordings.of("direct-window"), folder.resolve("recording.jsonl.gz"));
        String platform = "platform: { id: pseries-recording, recording: \"" + recording + "\" }";
        check("platform-without-devices", "run", file("platform: pseries", platform));
        check("platform-without-recording", "run", Files.writeString(folder.resolve("none.yaml"),
                good.replaceAll("(?s)devices:.*?limits:", "devices: []\nsteps: []\nlimits:").replace("platform: pseries",
                        platform.replace("recording.jsonl", "none.jsonl"))).toString());
    }

    @Test
    void backendOfAnotherPlatform() throws IOException {
        check("backend-of-another-platform", "run", file("platform: pseries", "platform: { id: pci, iommu: pseries-ddw }"));
        check("unknown-backend", "run", file("platform: pseries", "platform: { id: pci, swiotlb: auto, iommu: dma-drct }"));
        check("backend-set", "run", "fragment-30s", "--set", "platform=pci", "--set", "platform.iommu=pseries-direct");
    }

    @Test
    void missingFile() {
        check("missing-file", "run", folder.resolve("none.yaml").toString());
    }

    @Test
    void emptyFile() throws IOException {
        check("empty-file", "run", Files.createFile(folder.resolve("empty.yaml")).toString());
    }

    @Test
    void hugeFile() throws IOException {
        Path huge = folder.resolve("huge.yaml");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(100_000_000);
        }
        check("huge-file", "compare", huge.toString());
    }

    @Test
    void directory() {
        check("directory", "run", folder + "/");
    }

    @Test
    void binary() throws IOException {
        check("binary", "run", Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0}).toString());
    }

    @Test
    void notYaml() throws IOException {
        check("not-yaml", "run", Files.writeString(folder.resolve("x.yaml"), "scenario: {x\n").toString());
    }

    @Test
    void unknownScenario() {
        check("unknown-scenario", "run", "dlpar-remove-under-laod");
    }

    @Test
    void unknownPolicy() {
        check("unknown-policy", "run", "--policy", "legcy");
    }

    @Test
    void unknownPolicyAmongOthers() {
        check("unknown-policies", "compare", "--policies", "legacy,wait-for-drian");
    }

    @Test
    void unknownPolicyToShow() {
        check("unknown-policy-shown", "policies", "show", "legcy");
    }

    @Test
    void policyOption() {
        check("policy-option", "run", "--policy", "wait-for-drain,capp=10s");
    }

    @Test
    void policyOptionValue() {
        check("policy-option-value", "run", "--policy", "wait-for-drain,cap=10");
    }

    @Test
    void policyOptionForm() {
        check("policy-option-form", "run", "--policy", "wait-for-drain,10s");
    }

    @Test
    void noPolicyAtAll() {
        check("no-policies", "compare", "--policies", ",");
        check("no-policies", "explore", "--policies", ",");
    }

    @Test
    void aFileWhoseNameIsNotThatOfAScenario() {
        check("file-without-ending", "run", "pom.xml");
    }

    @Test
    void emptyNames() {
        check("empty-name-log", "diagnose", "");
        check("empty-name-recording", "conform", "");
        check("empty-name-scenario", "run", "");
    }

    @Test
    void aTokenOfAnotherForm() {
        check("token-other-form", "replay", "explore2:seed-race@d691a6f7/legacy/1/-/0.2.0+00000000/2~ab");
    }

    @Test
    void aNumberThatIsTooLarge() {
        check("number-range", "run", "--seed", "99999999999999999999");
    }

    @Test
    void showIsForgotten() {
        check("show-forgotten", "policies", "wait-for-drain");
        check("show-misspelt", "policies", "shwo");
    }

    @Test
    void unknownCommand() {
        check("unknown-command", "rnu");
    }

    @Test
    void unknownFlag() {
        check("unknown-flag", "run", "--polcy", "legacy");
    }

    @Test
    void notANumber() {
        check("not-a-number", "run", "--seed", "one");
    }

    @Test
    void seedsOutOfRange() {
        check("seeds-range", "compare", "--seeds", "0");
    }

    @Test
    void jobsOutOfRange() {
        check("jobs-range", "compare", "--jobs", "0");
    }

    @Test
    void unknownKernel() {
        check("unknown-kernel", "run", "--kernel", "v6.13");
    }

    @Test
    void wrongHz() {
        check("wrong-hz", "run", "--hz", "300");
    }

    @Test
    void wrongKasan() {
        check("wrong-kasan", "run", "--kasan", "maybe");
    }

    @Test
    void pluginsFolderIsMissing() {
        check("plugins-folder", "plugins", "--plugins", folder.resolve("none").toString());
    }

    @Test
    void unknownPlugin() {
        check("unknown-plugin", "plugins", "show", "cor");
    }

    @Test
    void damagedToken() {
        check("damaged-token", "replay", "run1:dlpar/legacy/1");
    }

    @Test
    void neitherTokenNorFile() {
        check("no-token", "replay", folder.resolve("none.json").toString());
    }

    @Test
    void jsonWithoutToken() throws IOException {
        check("json-without-token", "replay", Files.writeString(folder.resolve("r.json"), "{\"kind\": \"doctor\"}").toString());
    }

    @Test
    void brokenJson() throws IOException {
        check("broken-json", "replay", Files.writeString(folder.resolve("r.json"), "{\"replay\": \"run1").toString());
    }

    @Test
    void aReplayHasItsSeed() {
        check("replay-seed", "replay", "run1:s@0123abcd/legacy/1/-/m/0123456789abcdef", "--seed", "2");
    }

    @Test
    void aTokenOfAScenarioThatIsNotHere() {
        check("token-scenario", "replay", "run1:mine@0123abcd/legacy/1/-/m/0123456789abcdef");
    }

    @Test
    void diagnoseWithoutALog() {
        check("diagnose-nothing", "diagnose");
        check("diagnose-missing", "diagnose", folder.resolve("dmesg.txt").toString());
        check("diagnose-directory", "diagnose", folder.toString());
    }

    @Test
    void diagnoseWhatIsNoLog() throws IOException {
        check("diagnose-empty", "diagnose", Files.writeString(folder.resolve("empty.txt"), " \n\n").toString());
        byte[] image = new byte[4096];
        new java.util.Random(1).nextBytes(image);
        check("diagnose-binary", "diagnose", Files.write(folder.resolve("vmcore"), image).toString());
    }

    @Test
    void oneBadLogAndNothingIsPrintedOfTheOthers() throws IOException {
        Path good = Files.writeString(folder.resolve("good.txt"), "[    1.000000] iommu_table_free: Unexpected TCEs\n");
        check("diagnose-second-missing", "diagnose", good.toString(), folder.resolve("other.txt").toString());
    }
}
