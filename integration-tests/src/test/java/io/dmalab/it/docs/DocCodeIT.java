package io.dmalab.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Code in docs/*.md that is taken from compiled sources is the code that stands there. A block is taken if the line above it is
 * {@code <!-- code: path/File.java#name -->}; see {@link SourceRegion}. On a page that takes one block, all blocks of Java and XML are
 * taken. With {@code -Dgolden.update=true} the blocks are written anew.
 */
class DocCodeIT {
    private static final Path ROOT = Path.of(System.getProperty("dmalab.root"));

    @TempDir
    Path temp;

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    @TestFactory
    List<DynamicTest> everyBlockIsWhatItsSourceSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path page : pages()) {
            MarkdownPage read = new MarkdownPage(Files.readString(page));
            if (read.blocks().stream().allMatch(block -> block.source().isEmpty())) {
                continue;
            }
            if (Boolean.getBoolean("golden.update")) {
                Files.writeString(page, updated(read, ROOT));
            }
            for (MarkdownPage.Block block : new MarkdownPage(Files.readString(page)).blocks()) {
                tests.add(DynamicTest.dynamicTest(page.getFileName() + ":" + block.line(), () -> check(block, ROOT)));
            }
        }
        assertThat(tests).as("no page takes any code; where is docs/library.md?").isNotEmpty();
        return tests;
    }

    private static void check(MarkdownPage.Block block, Path root) {
        if (block.source().isEmpty()) {
            assertThat(block.language()).as("a block of code that is taken from nowhere, on a page that takes others")
                    .isNotIn("java", "xml");
            return;
        }
        SourceRegion source = block.source().get();
        assertThat(block.text()).as("%s; -Dgolden.update=true writes the block anew", source.reference()).isEqualTo(source.text(root));
    }

    private static String updated(MarkdownPage page, Path root) {
        return page.with(page.blocks().stream().map(block -> block.source().map(s -> s.text(root)).orElse(block.text())).toList());
    }

    private static final String PAGE = """
            # A page

            <!-- code: A.java#one -->
            ```java
            int one;
            ```

                $ not a fence

            ```
            output
            ```
            <!-- code: A.java#two -->
            ```java
            old
            ```
            the end
            """;

    private void source() throws IOException {
        Files.writeString(temp.resolve("A.java"), """
                class A {
                    // tag::one
                    int one;
                    // end::one
                    // tag::two
                    int two() {
                        // tag::inner

                        return 2;
                        // end::inner
                    }
                    // end::two
                    // tag::twofold
                    // tag::open
                    // end::twofold
                    // end::late
                }
                """);
    }

    @Test
    @DisplayName("the checker itself: what differs is found, and written anew without touching the rest")
    void differences() throws IOException {
        source();
        MarkdownPage page = new MarkdownPage(PAGE);
        check(page.blocks().get(0), temp);
        check(page.blocks().get(1), temp);
        assertThatThrownBy(() -> check(page.blocks().get(2), temp)).isInstanceOf(AssertionError.class).hasMessageContaining("A.java#two");
        String fresh = updated(page, temp);
        assertThat(fresh).isEqualTo(PAGE.replace("old\n", "int two() {\n\n    return 2;\n}\n"));
        new MarkdownPage(fresh).blocks().forEach(block -> check(block, temp));
    }

    @Test
    @DisplayName("the checker itself: a block of code from nowhere, a piece that is not there, a block without an end")
    void mistakes() throws IOException {
        source();
        MarkdownPage.Block loose = new MarkdownPage("```java\nint x;\n```\n").blocks().getFirst();
        assertThatThrownBy(() -> check(loose, temp)).isInstanceOf(AssertionError.class).hasMessageContaining("taken from nowhere");
        assertThatThrownBy(() -> new SourceRegion("A.java#three").text(temp)).hasMessage("A.java#three has no tag::three");
        assertThatThrownBy(() -> new SourceRegion("A.java#open").text(temp)).hasMessage("A.java#open has no end::open");
        assertThatThrownBy(() -> new SourceRegion("A.java#late").text(temp)).hasMessage("A.java#late ends before it begins");
        assertThatThrownBy(() -> new SourceRegion("B.java#one").text(temp)).hasMessage("there is no file B.java");
        assertThatThrownBy(() -> new MarkdownPage("```java\n")).hasMessage("the block of line 1 has no end");
        assertThat(new SourceRegion("A.java#twofold").text(temp)).isEmpty();
        assertThat(new SourceRegion("A.java").text(temp)).startsWith("class A {\n    int one;\n").endsWith("}\n");
    }
}
