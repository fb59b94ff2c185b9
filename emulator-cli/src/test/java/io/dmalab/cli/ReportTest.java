package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The HTML report: what stands in it, that nothing is loaded from elsewhere, that it can be read without seeing the charts. */
class ReportTest {
    private static final Path SMALL = Path.of(System.getProperty("basedir", "."), "src/test/resources/small.yaml");
    /** What a reader of the page's structure hears. */
    private static final Set<String> SPOKEN = Set.of("h1", "h2", "h3", "caption", "th", "td", "figcaption", "summary", "p", "title",
            "desc", "li");

    @TempDir
    Path folder;

    private Path compare(String name, String... more) {
        Path file = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of("compare", SMALL.toString(), "--policies", "legacy,unmap-at-destroy", "--seeds", "3",
                "-q", "--report", file.toString()));
        command.addAll(List.of(more));
        assertThat(Cli.run(command).err()).isEmpty();
        return file;
    }

    private Path run(String... more) {
        Path file = folder.resolve("run.html");
        List<String> command = new ArrayList<>(List.of("run", SMALL.toString(), "--policy", "legacy", "-q", "--report", file.toString()));
        command.addAll(List.of(more));
        assertThat(Cli.run(command).err()).isEmpty();
        return file;
    }

    /** Well-formed, or the test fails. */
    private static Document parse(Path file) throws Exception {
        String text = Files.readString(file);
        assertThat(text).startsWith("<!DOCTYPE html>\n");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Stream<Element> all(Node below, String tag) {
        NodeList found = below instanceof Document document ? document.getElementsByTagName(tag) : ((Element) below)
                .getElementsByTagName(tag);
        return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
    }

    private static String outline(Document page) {
        StringBuilder outline = new StringBuilder();
        all(page, "*").filter(element -> SPOKEN.contains(element.getTagName()))
                .forEach(e -> outline.append(e.getTagName()).append(": ").append(e.getTextContent().strip().replaceAll("\\s+", " "))
                .append('\n'));
        return new Cli.Outcome(0, outline.toString(), "").text(SMALL);
    }

    @Test
    void comparisonReads() throws Exception {
        Document page = parse(compare("court.html"));
        Golden.check("report-compare", outline(page));
        // of the two policies only one does harm
        assertThat(all(page, "pre").filter(text -> text.getTextContent().contains("^ use-after-free"))).hasSize(1);
    }

    @Test
    void runReads() throws Exception {
        Golden.check("report-run", outline(parse(run())));
    }

    @Test
    @DisplayName("a use after free is drawn as a race of at most 75 columns: the free on the left, the late access below it on the right")
    void raceOfTheRun() throws Exception {
        List<String> race = all(parse(run()), "pre").map(Node::getTextContent).filter(text -> text.contains("^ use-after-free")).findFirst().orElseThrow()
                .lines().toList();
        assertThat(race).allMatch(line -> line.length() <= 75);
        int freed = indexOf(race, "^iommu_table_free\\(\\)$");
        int late = indexOf(race, "^ {38}dma_iommu_unmap_page\\(\\)$");
        assertThat(freed).isPositive().isLessThan(late);
        assertThat(race.subList(freed, late)).contains("  free iommu_table");
        assertThat(race.get(late + 1)).isEqualTo(" ".repeat(40) + "^ use-after-free");
    }

    private static int indexOf(List<String> lines, String pattern) {
        return IntStream.range(0, lines.size()).filter(i -> lines.get(i).matches(pattern)).findFirst().orElseThrow();
    }

    @Test
    @DisplayName("the same runs give the same bytes, whatever the number of jobs")
    void sameBytes() throws IOException {
        assertThat(Files.readAllBytes(compare("a.html", "-j", "1"))).isEqualTo(Files.readAllBytes(compare("b.html", "-j", "2")));
    }

    @Test
    void nothingIsLoadedFromElsewhere() throws Exception {
        for (Path file : List.of(compare("court.html"), run())) {
            Document page = parse(file);
            assertThat(all(page, "*").map(Element::getTagName)).doesNotContain("script", "link", "img", "iframe", "image", "use",
                    "foreignObject");
            assertThat(all(page, "*").filter(e -> e.hasAttribute("href")).map(e -> e.getAttribute("href"))).allMatch(href ->
                    href.startsWith("#"));
            assertThat(all(page, "*").filter(e -> e.hasAttribute("src"))).isEmpty();
            String text = Files.readString(file);
            assertThat(text.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xhtml", ""))
                    .doesNotContain("http:", "https:", "@import", "url(http", "//cdn", "javascript:");
        }
    }

    @Test
    void everyChartHasTitleDescriptionAndTable() throws Exception {
        for (Path file : List.of(compare("court.html"), run())) {
            Document page = parse(file);
            List<Element> charts = all(page, "svg").toList();
            assertThat(charts).hasSizeGreaterThanOrEqualTo(2);
            for (Element chart : charts) {
                Element figure = (Element) chart.getParentNode();
                assertThat(figure.getTagName()).isEqualTo("figure");
                assertThat(all(figure, "details").flatMap(details -> all(details, "tbody")).findFirst()).isPresent();
                assertThat(chart.getAttribute("role")).isEqualTo("img");
                for (String name : chart.getAttribute("aria-labelledby").split(" ")) {
                    Element label = all(chart, "*").filter(e -> e.getAttribute("id").equals(name)).findFirst().orElseThrow();
                    assertThat(label.getTextContent()).isNotBlank();
                }
            }
        }
    }

    @Test
    void idsAreUnique() throws Exception {
        assertThat(all(parse(compare("court.html")), "*").map(e -> e.getAttribute("id")).filter(id -> !id.isEmpty()))
                .doesNotHaveDuplicates();
    }

    @Test
    void coloursAreThePages() throws IOException {
        assertThat(Files.readString(compare("court.html"))).doesNotContain("rgb(", "#0101").contains("prefers-color-scheme: dark",
                "@media print");
    }

    @Test
    @DisplayName("what a scenario says is text, never markup")
    void escapes() throws Exception {
        Path evil = Files.writeString(folder.resolve("evil.yaml"), Files.readString(SMALL)
                .replace("summary: a VF with little traffic is removed",
                "summary: \"<script>alert('x')</script> & \\\"quoted\\\"\"\nstory: \"</details><b>bold</b>\""));
        Path file = folder.resolve("evil.html");
        assertThat(Cli.run("run", evil.toString(), "-q", "--report", file.toString()).err()).isEmpty();
        Document page = parse(file);
        assertThat(all(page, "script")).isEmpty();
        assertThat(all(page, "b")).isEmpty();
        assertThat(page.getDocumentElement().getTextContent()).contains("<script>alert('x')</script> & \"quoted\"");
    }

    @Test
    @DisplayName("the counts are those of the run: before and after the removal as the run reports them")
    void countsAreTheRuns() throws Exception {
        Cli.Outcome json = Cli.run("run", SMALL.toString(), "--policy", "legacy", "-q", "--json");
        String before = json.out().replaceAll("(?s).*\"mappedBefore\" : (\\d+).*", "$1");
        String after = json.out().replaceAll("(?s).*\"mappedAfter\" : (\\d+).*", "$1");
        List<String> phases = all(parse(run()), "table").filter(t -> t.getTextContent().contains("Phases of the removal"))
                .flatMap(t -> all(t, "tr")).map(row -> row.getTextContent().strip().replaceAll("\\s+", " ")).toList();
        assertThat(phases).anyMatch(row -> row.startsWith("1 ") && row.endsWith("removal commanded " + before));
        assertThat(phases).anyMatch(row -> row.endsWith("command returned: removed " + after));
    }

    @Test
    void digestIsThatOfTheRunWithoutReport() throws IOException {
        String token = Cli.run("run", SMALL.toString(), "--policy", "legacy", "-q").out().replaceAll("(?s).*digest ([0-9a-f]{16}).*", "$1");
        assertThat(Files.readString(run())).contains(token);
    }

    @Test
    void folderIsRefusedBeforeAnythingRuns() {
        Golden.check("report-folder", Cli.run("compare", SMALL.toString(), "--report", folder.toString()).text(folder));
        Golden.check("report-stdout", Cli.run("run", SMALL.toString(), "--report", "-").text(folder));
        Golden.check("report-no-folder", Cli.run("run", SMALL.toString(), "--report", folder.resolve("none/x.html").toString())
                .text(folder));
    }

    @Test
    void nothingIsLeftOfAReportThatFails() throws IOException {
        Path file = folder.resolve("never.html");
        assertThat(Cli.run("run", SMALL.toString(), "--policy", "no-such", "--report", file.toString()).code()).isEqualTo(Main.BAD_INPUT);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
