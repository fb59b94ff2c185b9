package io.dmalab.it.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation: its fenced blocks, and where each says that it is taken from. */
final class MarkdownPage {
    /** Stands on the line above a block. */
    private static final Pattern SOURCE = Pattern.compile("<!-- code: (\\S+) -->");
    private static final Pattern FENCE = Pattern.compile("(`{3,})\\s*([A-Za-z]*).*");

    private final List<String> lines;
    private final List<Block> blocks = new ArrayList<>();

    /**
     * A fenced block.
     *
     * @param line     of its opening fence, from 1
     * @param language as the fence says, empty if it does not
     * @param source   what the line above says
     */
    record Block(int line, String language, Optional<SourceRegion> source, String text) {}

    MarkdownPage(String text) {
        this.lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher fence = FENCE.matcher(lines.get(i));
            if (!fence.matches()) {
                continue;
            }
            int end = i + 1;
            while (end < lines.size() && !lines.get(end).strip().equals(fence.group(1))) {
                end++;
            }
            if (end == lines.size()) {
                throw new IllegalArgumentException("the block of line " + (i + 1) + " has no end");
            }
            Matcher source = SOURCE.matcher(i == 0 ? "" : lines.get(i - 1).strip());
            Optional<SourceRegion> region = source.matches() ? Optional.of(new SourceRegion(source.group(1))) : Optional.empty();
            blocks.add(new Block(i + 1, fence.group(2), region, text(lines.subList(i + 1, end))));
            i = end;
        }
    }

    private static String text(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    List<Block> blocks() {
        return blocks;
    }

    /** The page with other texts in its blocks. @param texts one for each block */
    String with(List<String> texts) {
        StringBuilder page = new StringBuilder();
        int next = 0;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            page.append(text(lines.subList(next, block.line()))).append(texts.get(i));
            next = block.line() + (int) block.text().lines().count();
        }
        return page.append(text(lines.subList(next, lines.size()))).toString();
    }
}
