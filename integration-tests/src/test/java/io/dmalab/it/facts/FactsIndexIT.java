package io.dmalab.it.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmalab.it.facts.NamedTests.NamedTest;
import io.dmalab.it.facts.References.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/facts-index.md leads from every fact to its code and its tests, and nothing in it is out of date. */
class FactsIndexIT {
    private static final Path ROOT = Path.of(System.getProperty("dmalab.root"));
    private static final Path PAGE = ROOT.resolve("docs/facts-index.md");
    private static final Path SHEETS = ROOT.resolve("../shared/facts");

    private static final List<Sheet> ALL = Sheet.all();
    private static final References REFERENCES = new References(ALL);
    private static final Map<Reference, List<NamedTest>> TESTS = new LinkedHashMap<>();
    private static final List<String> WRONG_NAMES = new ArrayList<>();
    private static Map<String, List<NamedTest>> kernelTests;

    @BeforeAll
    static void readTests() throws IOException {
        List<NamedTest> all = NamedTests.below(ROOT);
        all.sort(Comparator.comparing(NamedTest::type).thenComparing(NamedTest::method));
        kernelTests = KernelProperties.tests(all);
        for (NamedTest test : all) {
            try {
                REFERENCES.in(test.displayName()).stream().distinct()
                        .forEach(to -> TESTS.computeIfAbsent(to, any -> new ArrayList<>()).add(test));
            } catch (IllegalArgumentException e) {
                WRONG_NAMES.add(test + ": " + e.getMessage());
            }
        }
    }

    static List<Sheet> sheets() {
        return ALL;
    }

    @Test
    void everyNameOfATestLeadsToAnEntry() {
        assertThat(WRONG_NAMES).as("display names that refer to no entry of a sheet").isEmpty();
        assertThat(TESTS).as("tests are found at all").hasSizeGreaterThan(100);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sheets")
    void anEntryHasEitherATestOrAReason(Sheet sheet) {
        List<String> wrong = new ArrayList<>();
        for (Entry entry : sheet.entries().values()) {
            boolean tested = TESTS.containsKey(new Reference(sheet.name(), entry.id()));
            if (!tested && entry.untested().isEmpty()) {
                wrong.add(entry.id() + " has neither a test nor a reason why not");
            }
            if (tested && entry.untested().isPresent()) {
                wrong.add(entry.id() + " has a test now: take its 'untested' away");
            }
            if (tested && entry.code().isEmpty()) {
                wrong.add(entry.id() + " has a test, so it has code");
            }
        }
        assertThat(wrong).as("integration-tests/src/test/resources/facts, %s", sheet.name()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sheets")
    void everyNameOfCodeIsThere(Sheet sheet) {
        assertThat(sheet.entries().values().stream().flatMap(entry -> entry.code().stream().map(Implementation::problem)
                .flatMap(Optional::stream).map(problem -> entry.id() + ": " + problem))).as(sheet.name()).isEmpty();
    }

    /** Where the sheets are at hand, the catalogue has all that they number and nothing else. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("sheets")
    void theCatalogueIsThatOfTheSheet(Sheet sheet) {
        Path file = SHEETS.resolve(sheet.name());
        if (!Files.exists(SHEETS)) {
            return; // a checkout without the sheets
        }
        SheetText text = SheetText.of(file);
        assertThat(sheet.entries().keySet()).as(sheet.name()).containsExactlyInAnyOrderElementsOf(text.ids());
        Map<String, Integer> steps = new LinkedHashMap<>();
        sheet.entries().values().stream().filter(entry -> entry.steps() > 0).forEach(entry -> steps.put(entry.id(), entry.steps()));
        assertThat(steps).as("steps of sections, %s", sheet.name()).containsExactlyInAnyOrderEntriesOf(text.steps());
    }

    @Test
    void eachPropertyInWhichKernelProfilesDifferHasATest() {
        assertThat(kernelTests.keySet()).as("KernelProfile.PROPERTY in display names").containsExactlyInAnyOrderElementsOf(
                KernelProperties.different().keySet());
    }

    @Test
    void thePageIsThatOfCatalogueAndTests() throws IOException {
        String page = new IndexPage(ROOT, ALL, TESTS, kernelTests).render();
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).exists();
        assertThat(page).as("docs/facts-index.md; -Dgolden.update=true writes it anew").isEqualTo(Files.readString(PAGE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "tce-hcalls.md 4 and invariant 1: unknown liobn | section 4, invariant 1",
        "page-pool.md invariants 1, 2, 3, 5, 8: accounting | invariant 1, invariant 2, invariant 3, invariant 5, invariant 8",
        "ddw.md invariants 1 to 3: the seed's window: 64 KiB | invariant 1, invariant 2, invariant 3",
        "ddw.md 4.13 and 4.16: adding the record | section 4, section 4",
        "free-policies.md P5, P10, P11: what a guard may do | P5, P10, P11",
        "free-policies.md P12a, b, c: no unmap reaches the new window | P12a, P12b, P12c",
        "free-policies.md P7a, a negative control: the struct lives | P7a",
        "free-policies.md P8, P9: what is tracked is unmapped | P8a, P8b, P9",
        "free-policies.md, comparison: how long the remover is blocked | comparison",
        "free-policies.md, column hot path: operations and nanoseconds | comparison",
        "netstack-holders.md 4: mechanics | section 4.1, section 4.2, section 4.3, section 4.4, section 4.5",
        "free-policies.md, background rules: no driver, no DMA | background rules",
        "real-world-reports.md A4, repaired: removal ends the mappings | A4",
        "netstack-holders.md catalogue 11: three probes | catalogue 11",
        "mlx-driver.md invariant 3, with the 2025 fix: nothing | invariant 3",
        "dlpar-and-notifiers.md 6, the property note: a deadlock | section 6",
        "page-pool.md invariant 2, free-policies.md invariant 6: none | invariant 2, invariant 6",
        "as recorded (ddw.md, open doubt of step 6c) | open doubts",
        "ddw.md invariant 10: isolating | invariant 10",
        "no sheet, section 5 | ''"})
    void namesAreUnderstood(String displayName, String ids) {
        assertThat(REFERENCES.in(displayName)).extracting(Reference::id)
                .isEqualTo(Stream.of(ids.split(", ")).filter(id -> !id.isEmpty()).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddw.md invariant 11: one too many", "ddw.md 4.19: no such step", "ddw.md QEMU example: not by its number",
        "free-policies.md P20: not there", "netstack-holders.md 2: a table", "page-pool.md: all of it"})
    void namesThatLeadNowhereAreRefused(String displayName) {
        assertThatThrownBy(() -> REFERENCES.in(displayName)).isInstanceOf(IllegalArgumentException.class);
    }
}
