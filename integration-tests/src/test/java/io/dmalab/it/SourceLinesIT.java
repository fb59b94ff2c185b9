package io.dmalab.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Lines of Java are at most {@value #COLUMNS} columns wide; those of a text block without its indentation, since they are as wide as their
 * reader sees them. Files that had wider ones when the rule came stand in {@code long-lines.txt}, which only gets shorter: with
 * {@code -Dgolden.update=true} those that have none any more are taken out.
 */
class SourceLinesIT {
    private static final int COLUMNS = 140;
    private static final String QUOTES = "\"\"\"";
    private static final Path ROOT = Path.of(System.getProperty("dmalab.root"));
    private static final Path LEFT_OVER = ROOT.resolve("integration-tests/src/test/resources/long-lines.txt");
    private static final Set<String> NO_SOURCES = Set.of("target", ".git");

    @Test
    void noLineIsWider() throws IOException {
        Set<String> leftOver = new TreeSet<>(Files.readAllLines(LEFT_OVER));
        Set<String> wide = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        for (Path file : sources()) {
            String name = ROOT.relativize(file).toString().replace('\\', '/');
            List<Integer> lines = wideLines(Files.readAllLines(file));
            if (!lines.isEmpty()) {
                wide.add(name);
            }
            if (!leftOver.contains(name)) {
                lines.forEach(line -> wrong.add(name + ":" + line + ": wider than " + COLUMNS + " columns; break it"));
            }
        }
        assertThat(wrong).isEmpty();
        if (Boolean.getBoolean("golden.update")) {
            leftOver.retainAll(wide);
            Files.write(LEFT_OVER, leftOver);
        }
        leftOver.removeAll(wide);
        assertThat(leftOver).as("in long-lines.txt, but no longer wide; -Dgolden.update=true takes them out").isEmpty();
    }

    @Test
    @DisplayName("a text block counts without its indentation, code beside it with")
    void textBlocksAreAsWideAsTheirReaderSeesThem() {
        String margin = " ".repeat(20);
        String text = "x".repeat(COLUMNS);
        List<String> block = List.of("String s = " + QUOTES, margin + text, margin + text + "y" + QUOTES + ";", text, text + "y");
        assertThat(wideLines(block)).containsExactly(3, 5);
        assertThat(wideLines(List.of(margin + QUOTES + text + QUOTES))).containsExactly(1);
    }

    private static List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NO_SOURCES.contains(folder.getFileName().toString()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(Comparator.naturalOrder());
        return files;
    }

    /** Numbers of the lines that are too wide, from 1 on. */
    private static List<Integer> wideLines(List<String> lines) {
        List<Integer> wide = new ArrayList<>();
        int opened = -1;
        for (int i = 0; i < lines.size(); i++) {
            boolean turns = lines.get(i).split(QUOTES, -1).length % 2 == 0;
            if (opened < 0) {
                addIfWide(wide, lines, i, 0);
                opened = turns ? i : -1;
            } else if (turns) {
                int margin = margin(lines.subList(opened + 1, i + 1).stream());
                for (int line = opened + 1; line <= i; line++) {
                    addIfWide(wide, lines, line, margin);
                }
                opened = -1;
            }
        }
        return wide;
    }

    private static int margin(Stream<String> block) {
        return block.filter(line -> !line.isBlank()).mapToInt(line -> line.length() - line.stripLeading().length()).min().orElse(0);
    }

    private static void addIfWide(List<Integer> wide, List<String> lines, int index, int margin) {
        if (lines.get(index).length() - margin > COLUMNS) {
            wide.add(index + 1);
        }
    }
}
