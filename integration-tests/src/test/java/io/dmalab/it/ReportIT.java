package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The HTML report of the built image: the plotting library is there as modules, and nothing in the page is loaded from elsewhere. */
class ReportIT {
    @TempDir
    Path folder;

    private Path report(String... command) throws IOException, InterruptedException {
        Path file = folder.resolve("report.html");
        List<String> all = new ArrayList<>(List.of(Dist.ROOT.resolve("dmalab").toString()));
        all.addAll(List.of(command));
        all.addAll(List.of("-q", "--report", file.toString()));
        Dist.Outcome outcome = Dist.run(all);
        assertThat(outcome.code()).as(outcome.err()).isLessThan(2);
        assertThat(outcome.err()).isEmpty();
        return file;
    }

    private static NodeList all(Path file, String tag) throws Exception {
        Document page = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        return page.getElementsByTagName(tag);
    }

    @Test
    @DisplayName("a comparison's page is well-formed, has a table behind each chart, and no external reference")
    void comparison() throws Exception {
        Path file = report("compare", "--policies", "legacy,wait-for-drain", "--seeds", "2");
        NodeList charts = all(file, "svg");
        assertThat(charts.getLength()).isGreaterThanOrEqualTo(7);
        for (int i = 0; i < charts.getLength(); i++) {
            Element figure = (Element) charts.item(i).getParentNode();
            assertThat(figure.getElementsByTagName("table").getLength()).isEqualTo(1);
        }
        String text = Files.readString(file);
        assertThat(text.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xhtml", ""))
                .doesNotContain("http:", "https:", "@import", "<script", "<link", "<img");
    }

    @Test
    @DisplayName("the command that the page names makes the same page again")
    void reproduces() throws Exception {
        Path file = report("run", "fragment-30s", "--hz", "100");
        String page = Files.readString(file);
        NodeList codes = all(file, "code");
        String command = codes.item(codes.getLength() - 1).getTextContent();
        assertThat(command).startsWith("dmalab run fragment-30s ").endsWith(" --report FILE");
        String[] words = command.replace("dmalab ", "").replace(" --report FILE", "").split(" ");
        assertThat(Files.readString(report(words))).isEqualTo(page);
    }
}
