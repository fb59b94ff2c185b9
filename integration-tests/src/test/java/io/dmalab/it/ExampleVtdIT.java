package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A platform of somebody else's, examples/platform-vtd, with the network stack and the driver that dmalab ships. */
class ExampleVtdIT {
    private static final Path SCENARIOS = Dist.ROOT.resolve("examples/platform-vtd/scenarios");

    @TempDir
    static Path temp;

    private static Path jar;

    @BeforeAll
    static void jar() throws IOException {
        jar = ExampleJar.make("platform-vtd", temp);
    }

    private static Dist.Outcome run(String scenario, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("run", SCENARIOS.resolve(scenario + ".yaml").toString(), "--plugins", jar.getParent().toString()));
        arguments.addAll(List.of(more));
        return Dist.run(Dist.command(List.of(Dist.ROOT.resolve("dmalab").toString()), arguments.toArray(String[]::new)));
    }

    private static List<String> findings(Dist.Outcome run) {
        JsonNode json = run.json();
        return json.get("findings").findValuesAsString("kind");
    }

    @Test
    @DisplayName("dropped in, on the module path and on the class path it is the same platform: the same digest")
    void theSameFiveWays() throws Exception {
        String scenario = SCENARIOS.resolve("vtd-unbind.yaml").toString();
        String drop = jar.getParent().toString();
        String nothing = temp.resolve("empty").toString();
        Map<List<String>, String> ways = Map.of(
                List.of(Dist.ROOT.resolve("dmalab").toString()), drop,
                List.of(Dist.JAVA, "-p", Dist.LIB.toString(), "-m", "io.dmalab.cli"), drop,
                List.of(Dist.JAVA, "-cp", Dist.LIB + "/*", "io.dmalab.cli.Main"), drop,
                List.of(Dist.JAVA, "-p", Dist.LIB + ":" + jar, "-m", "io.dmalab.cli"), nothing,
                List.of(Dist.JAVA, "-cp", Dist.LIB + "/*:" + jar, "io.dmalab.cli.Main"), nothing);
        List<String> digests = new ArrayList<>();
        for (Map.Entry<List<String>, String> way : ways.entrySet()) {
            Files.createDirectories(temp.resolve("empty"));
            Dist.Outcome run = Dist.run(Dist.command(way.getKey(), "run", scenario, "--plugins", way.getValue(), "--json"));
            assertThat(run.err()).as("%s", way.getKey()).isEmpty();
            assertThat(findings(run)).as("%s", way.getKey()).containsExactlyInAnyOrder("oops", "late-unmap", "leak");
            digests.add(run.digest());
        }
        assertThat(digests).hasSize(5).containsOnly(digests.getFirst());
    }

    @Test
    @DisplayName("real-world-reports.md invariant 1: behind VT-d a late unmap is a NULL dereference, and the log is known for it")
    void aLateUnmapIsANullDereference() throws Exception {
        Dist.Outcome run = run("vtd-unbind");
        assertThat(run.code()).isOne();
        assertThat(run.out()).contains("BUG: kernel NULL pointer dereference, address: 00000000000000a8", "RIP: 0010:iommu_get_dma_domain+0x",
                " <TASK>", " ? iommu_get_dma_domain+0x", "pci 0000:01:00.0: Removing from iommu group 0");
        assertThat(diagnosis(run)).contains("A2  page_pool unmaps for a device that has no IOMMU group any more");
    }

    @Test
    void isSilentUntilSixNineAndAbsentWithThePoolThatUnmaps() throws Exception {
        assertThat(findings(run("vtd-unbind", "--kernel", "v6.4", "--json"))).containsExactly("late-unmap");
        assertThat(findings(run("vtd-unbind", "--policy", "unmap-at-destroy", "--json"))).isEmpty();
        assertThat(findings(run("vtd-unbind", "--kernel", "v6.16", "--json"))).isEmpty();
    }

    @Test
    @DisplayName("real-world-reports.md A5 and C13: the translation is destroyed before the driver is unbound, and its own unmap hits a BUG")
    void theWrongNotice() throws Exception {
        Dist.Outcome run = run("vtd-wrong-notice");
        assertThat(run.out()).contains("kernel BUG at drivers/iommu/intel-iommu.c!", " dump_stack_lvl+0x")
                .contains("finding   kernel-bug", "finding   removal-unfinished");
        assertThat(diagnosis(run)).contains("A5  translation destroyed before the driver was unbound", "vtd-wrong-notice");
        assertThat(findings(run("vtd-wrong-notice", "--set", "platform.iommu=intel-iommu", "--json"))).as("the later notice").isEmpty();
    }

    private static String diagnosis(Dist.Outcome run) throws Exception {
        Path log = temp.resolve("run.log");
        Files.writeString(log, run.out());
        return Dist.run(List.of(Dist.ROOT.resolve("dmalab").toString(), "diagnose", log.toString())).out();
    }

    @Test
    void optionsAreCheckedAtTheirPlace() throws Exception {
        Dist.Outcome bad = run("vtd-lazy-abort", "--set", "platform.iotlb=1000");
        assertThat(bad.code()).isEqualTo(2);
        assertThat(bad.err()).contains("iotlb 1000 cannot be; use a power of two from 1 to 65536").hasLineCount(1);
    }
}
