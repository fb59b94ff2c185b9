package io.dmalab.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An extension's description, whose line ends are its author's: a line that begins in the first column begins an item, and an item may
 * begin with a label such as {@code Cost:} or {@code Fails by}.
 */
final class Description {
    private static final Pattern LABELLED = Pattern.compile("([A-Z][a-z]+(?: [a-z]+){0,2})(?::\\s+|\\s{2,})(.+)");

    /** @param label empty if there is none */
    record Item(String label, String text) {}

    private Description() {}

    static List<Item> items(String description) {
        List<StringBuilder> blocks = new ArrayList<>();
        boolean fresh = true;
        for (String line : description.lines().toList()) {
            boolean continued = !fresh && !line.isBlank() && Character.isWhitespace(line.charAt(0));
            if (continued) {
                blocks.getLast().append(' ').append(line.strip());
            } else if (!line.isBlank()) {
                blocks.add(new StringBuilder(line.strip()));
            }
            fresh = line.isBlank();
        }
        return blocks.stream().map(StringBuilder::toString).map(Description::item).toList();
    }

    private static Item item(String block) {
        Matcher matcher = LABELLED.matcher(block);
        return matcher.matches() ? new Item(matcher.group(1), matcher.group(2)) : new Item("", block);
    }

    /** The description in lines of at most {@code width} columns, labels in a column of their own. */
    static List<String> lines(String description, int width) {
        List<Item> items = items(description);
        int labels = items.stream().mapToInt(item -> item.label().length()).max().orElse(0);
        int indent = labels == 0 ? 0 : labels + 2;
        List<String> lines = new ArrayList<>();
        for (Item item : items) {
            String lead = indent == 0 ? "" : String.format(Locale.ROOT, "%-" + indent + "s", item.label());
            for (String line : wrap(item.text(), width - indent)) {
                lines.add(lead + line);
                lead = " ".repeat(indent);
            }
        }
        return lines;
    }

    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split("\\s+")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
