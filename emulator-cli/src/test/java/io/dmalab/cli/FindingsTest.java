package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The table of docs/findings.md is what exploring says. */
class FindingsTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "../docs/findings.md");
    private static final String BEGIN = "<!-- FindingsTest writes what follows -->\n";
    private static final String END = "<!-- to here -->";
    private static final List<String> WORLDS = List.of("seed-race", "two-users", "interface-goes", "return-against-walk");
    /** What a verdict may take, so that the table does not depend on how fast the machine is. */
    private static final Plan PLAN = new Plan(Plan.Kind.EXHAUSTIVE, 2, 100, Duration.ofMinutes(5), 10_000, false, 1).shortening(0);

    @Test
    @DisplayName("docs/findings.md: every policy on the small worlds (-Dgolden.update=true rewrites the table)")
    void table() throws IOException {
        Emulator emulator = Emulator.load();
        StringBuilder table = new StringBuilder("| policy | ").append(WORLDS.stream().map(w -> "`" + w + "`").collect(Collectors.joining(" | ")))
                .append(" |\n|---|").append("---|".repeat(WORLDS.size())).append('\n');
        emulator.extensions(FreePolicy.class).parallelStream().map(policy -> row(emulator, policy.id())).forEachOrdered(table::append);
        String text = Files.readString(DOCS);
        String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        String after = text.substring(text.indexOf(END));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(DOCS, before + table + after);
        } else {
            assertThat(text).isEqualTo(before + table + after);
        }
    }

    private static String row(Emulator emulator, String policy) {
        List<String> cells = WORLDS.stream().map(world -> cell(emulator, emulator.request(world), policy)).toList();
        return cells.stream().allMatch(String::isEmpty) ? "" : "| `" + policy + "` | " + String.join(" | ", cells) + " |\n";
    }

    /** Empty if the policy cannot be had in this world. */
    private static String cell(Emulator emulator, RunRequest world, String policy) {
        Exploration exploration;
        try {
            exploration = emulator.explore(world.withPolicy(policy), PLAN, Explorer.Watch.NONE);
        } catch (BadInput e) {
            return "";
        }
        return switch (exploration.verdict()) {
            case SAFE -> "SAFE (" + exploration.executions() + ")";
            case BOUND_REACHED -> "nothing in " + exploration.executions();
            case VIOLATION -> exploration.violations().getFirst().finding().detail().replaceAll(" of a freed iommu_table.*", "")
                    .replaceAll(":? [0-9.]+ s after .*", "");
        };
    }
}
