package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.core.Emulator;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a late unmap does on each platform: the table of docs/platforms.md, made of runs. -Dgolden.update=true rewrites it. */
class PlatformsIT {
    private static final Emulator EMULATOR = Emulator.load();
    private static final Path PAGE = Path.of(System.getProperty("dmalab.root", ".."), "docs", "platforms.md");
    private static final String BEGIN = "<!-- runs: written by PlatformsIT, do not edit -->\n";
    private static final String END = "<!-- end of runs -->\n";
    private static final int SEEDS = 3;

    /** How bad it is, worst first: the first kind that was found says it. */
    private enum Outcome {
        CORRUPTS("corrupts", FindingKind.MEMORY_CORRUPTION, FindingKind.FOREIGN_ENTRY_CLEARED),
        OOPSES("oopses", FindingKind.OOPS),
        USES_FREED("uses freed memory", FindingKind.USE_AFTER_FREE),
        WARNS("is refused, and noted where nobody looks", FindingKind.WARNING, FindingKind.HCALL_ERROR),
        SILENT("is silent", FindingKind.LATE_UNMAP),
        NONE("does not happen");

        final String text;
        final Set<FindingKind> kinds;

        Outcome(String text, FindingKind... kinds) {
            this.text = text;
            this.kinds = Set.of(kinds);
        }

        static Outcome of(Set<FindingKind> found) {
            for (Outcome outcome : values()) {
                if (outcome.kinds.stream().anyMatch(found::contains)) {
                    return outcome;
                }
            }
            return NONE;
        }
    }

    private record Row(String platform, String scenario, String kernel, Outcome expected) {
        RunRequest request(String policy) {
            RunRequest request = EMULATOR.request(scenario).withPolicy(policy);
            return kernel.isEmpty() ? request : request.withKernel(kernel);
        }
    }

    private static final List<Row> ROWS = List.of(
            new Row("pSeries, dynamic window", "dlpar-remove-under-load", "", Outcome.USES_FREED),
            new Row("pSeries, direct window", "direct-window", "", Outcome.SILENT),
            new Row("arm64, SMMUv3, 6.10 and later", "hns3-unbind-smmu", "", Outcome.OOPSES),
            new Row("arm64, SMMUv3, until 6.9", "hns3-unbind-smmu", "v6.4", Outcome.SILENT),
            new Row("s390, generic layer (6.7)", "s390-unbind", "", Outcome.OOPSES),
            new Row("s390, own DMA ops (until 6.6)", "s390-zpci-unbind", "", Outcome.WARNS),
            new Row("no IOMMU, no offset", "dma-direct-unbind", "", Outcome.SILENT),
            new Row("no IOMMU, offset, bounce buffers", "dma-direct-offset", "", Outcome.CORRUPTS));

    static List<Arguments> rows() {
        return ROWS.stream().map(row -> Arguments.of(row.platform(), row)).toList();
    }

    private static Set<FindingKind> kinds(RunResult result) {
        return result.findings().stream().map(f -> f.kind()).collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    @DisplayName("real-world-reports.md, invariant 1: the class of the crash is the back-end's, for every seed")
    void theOutcomeIsThePlatforms(String platform, Row row) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            RunResult result = EMULATOR.run(row.request("legacy").withSeed(seed).withoutLog());
            assertThat(Outcome.of(kinds(result))).as("%s, seed %d: %s", platform, seed, result.findings()).isEqualTo(row.expected());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    @DisplayName("real-world-reports.md, invariant 6: unmapping at destroy (P9) leaves no late DMA call on any platform")
    void unmapAtDestroyHelpsEverywhere(String platform, Row row) {
        RunResult result = EMULATOR.run(row.request("unmap-at-destroy").withoutLog());
        assertThat(result.metrics().getOrDefault(Metrics.LATE_UNMAPS, 0L)).as(platform).isZero();
        assertThat(result.findings()).as(platform).isEmpty();
    }

    @Test
    @DisplayName("real-world-reports.md, invariant 5: without an IOMMU the crash is gone, the number of late unmaps is not")
    void theCountOfLateUnmapsDoesNotDependOnTheBackend() {
        RunResult direct = EMULATOR.run(EMULATOR.request("dma-direct-unbind").withoutLog());
        RunResult seed = EMULATOR.run(EMULATOR.request("dlpar-remove-under-load").withoutLog());
        assertThat(direct.metrics().get(Metrics.LATE_UNMAPS)).isPositive().isEqualTo(seed.metrics().get(Metrics.LATE_UNMAPS));
    }

    @Test
    void thePageSaysWhatTheRunsSaid() throws IOException {
        StringBuilder table = new StringBuilder("| platform | run | a late unmap | found by `legacy` | of `wait-for-drain` | of `unmap-at-destroy` |\n"
                + "|---|---|---|---|---|---|\n");
        for (Row row : ROWS) {
            RunResult legacy = EMULATOR.run(row.request("legacy").withoutLog());
            table.append(String.format(Locale.ROOT, "| %s | `%s`%s | %s | %s | %s | %s |%n", row.platform(), row.scenario(),
                    row.kernel().isEmpty() ? "" : ", `--kernel " + row.kernel() + "`", Outcome.of(kinds(legacy)).text, found(legacy),
                    found(EMULATOR.run(row.request("wait-for-drain").withoutLog())),
                    found(EMULATOR.run(row.request("unmap-at-destroy").withoutLog()))));
        }
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).as("a place for the table in %s", PAGE).isBetween(BEGIN.length(), end);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(end));
            return;
        }
        assertThat(page.substring(begin, end)).isEqualTo(table.toString());
    }

    /** Kinds with how often each was found. */
    private static String found(RunResult result) {
        String text = kinds(result).stream().map(kind -> kind + " " + result.findings().stream().filter(f -> f.kind() == kind)
                .mapToLong(f -> f.occurrences()).sum()).collect(Collectors.joining(", "));
        return text.isEmpty() ? "nothing" : text;
    }
}
