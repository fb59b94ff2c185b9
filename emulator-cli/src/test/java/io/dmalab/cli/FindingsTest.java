package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.policy.FreePolicy;
import io.dmalab.core.Emulator;
import io.dmalab.core.explore.Plan;
import io.dmalab.core.explore.Verdict;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Explorer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The table of docs/findings.md is what exploring says. */
class FindingsTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "../docs/findings.md");
    private static final String BEGIN = "<!-- FindingsTest writes what follows -->\n";
    private static final String END = "<!-- to here -->";
    private static final List<String> WORLDS = List.of("seed-race", "two-users", "interface-goes", "return-against-walk");
    /** What the table's verdicts took at most, and what its check takes: executions, so that it does not depend on how fast the machine is. */
    private static final long STATED = 20_000;
    private static final long CHECKED = 100;

    @Test
    @DisplayName("docs/findings.md: every policy on the small worlds (-Dgolden.update=true makes the table, which takes minutes)")
    void table() throws IOException {
        Emulator emulator = Emulator.load();
        String text = Files.readString(DOCS);
        String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        String after = text.substring(text.indexOf(END));
        List<String> policies = emulator.extensions(FreePolicy.class).stream().map(Registered::id).toList();
        if (Boolean.getBoolean("golden.update")) {
            StringBuilder table = new StringBuilder(head());
            policies.parallelStream().map(policy -> row(emulator, policy)).forEachOrdered(table::append);
            Files.writeString(DOCS, before + table + after);
            return;
        }
        String table = text.substring(before.length(), text.indexOf(END));
        assertThat(table).startsWith(head());
        List<String> rows = table.lines().skip(2).toList();
        assertThat(rows).extracting(row -> row.split("`")[1]).containsExactlyElementsOf(policies);
        rows.parallelStream().forEach(row -> check(emulator, row));
    }

    private static String head() {
        return "| policy | " + WORLDS.stream().map(w -> "`" + w + "`").collect(Collectors.joining(" | ")) + " |\n|---|" + "---|".repeat(WORLDS.size())
                + "\n";
    }

    private static String row(Emulator emulator, String policy) {
        return WORLDS.stream().map(world -> cell(explore(emulator, world, policy, STATED))).collect(Collectors.joining(" | ", "| `" + policy + "` | ",
                " |\n"));
    }

    /** What the table says is so as far as some executions tell; a proof or a limit that takes more must have no answer yet. */
    private static void check(Emulator emulator, String row) {
        String[] cells = row.split(" *\\| *");
        String policy = cells[1].replace("`", "");
        for (int i = 0; i < WORLDS.size(); i++) {
            Exploration exploration = explore(emulator, WORLDS.get(i), policy, CHECKED);
            if (exploration.verdict() == Verdict.BOUND_REACHED) {
                assertThat(cells[2 + i]).as("%s on %s", policy, WORLDS.get(i)).matches("SAFE \\([0-9,]+\\)|nothing in 20,000.*");
                assertThat(Long.parseLong(cells[2 + i].replaceAll("[^0-9]*([0-9,]+).*", "$1").replace(",", ""))).isGreaterThanOrEqualTo(CHECKED);
            } else {
                assertThat(cells[2 + i]).as("%s on %s", policy, WORLDS.get(i)).isEqualTo(cell(exploration));
            }
        }
    }

    private static Exploration explore(Emulator emulator, String world, String policy, long executions) {
        Plan plan = new Plan(Plan.Kind.EXHAUSTIVE, 2, executions, Duration.ofHours(1), 10_000, false, 1).shortening(0);
        return emulator.explore(emulator.request(world).withPolicy(policy), plan, Explorer.Watch.NONE);
    }

    private static String cell(Exploration exploration) {
        return switch (exploration.verdict()) {
            case SAFE -> String.format(Locale.ROOT, "SAFE (%,d)", exploration.executions());
            case BOUND_REACHED -> String.format(Locale.ROOT, "nothing in %,d", exploration.executions());
            case VIOLATION -> exploration.violations().getFirst().finding().detail().replaceAll(" of a freed iommu_table.*", "")
                    .replaceAll(":? [0-9.]+ s after .*", "");
        };
    }
}
