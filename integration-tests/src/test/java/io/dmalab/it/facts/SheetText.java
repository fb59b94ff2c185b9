package io.dmalab.it.facts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ids of what a sheet numbers or names, found in its text. Counted are invariants, numbered sections (those without numbered parts of
 * their own), the rows of a numbered table, policies, reports, patterns, and the paragraphs without a number that tests refer to.
 */
final class SheetText {
    private static final Pattern HEADING = Pattern.compile("#{1,3} (\\d+(?:\\.\\d+)?)\\.? .*");
    private static final Pattern LETTER = Pattern.compile("## ([A-Z])\\. .*");
    private static final Pattern NAMED = Pattern.compile("(?:#{2,3} |\\* |\\| )([PAB]\\d+[a-d]?)[. ].*");
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| .*");
    private static final Pattern ITEM = Pattern.compile("(\\d+)\\. .*");
    /** formats.md has several items on a line. */
    private static final Pattern INLINE = Pattern.compile("(?:^|\\. |\\)\\. |; )(\\d+)\\. (?=\\S)");

    private final Set<String> ids = new LinkedHashSet<>();
    private final Map<String, Integer> steps = new TreeMap<>();
    private String section = "";

    private SheetText() {}

    static SheetText of(Path sheet) {
        try {
            SheetText text = new SheetText();
            List<String> lines = Files.readAllLines(sheet);
            lines.forEach(text::line);
            text.dropWholesThatHaveParts();
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Set<String> ids() {
        return ids;
    }

    /** Sections whose lines are numbered, and the last number. */
    Map<String, Integer> steps() {
        return steps;
    }

    private void line(String line) {
        Matcher heading = HEADING.matcher(line);
        Matcher letter = LETTER.matcher(line);
        Matcher named = NAMED.matcher(line);
        Matcher item = ITEM.matcher(line);
        if (heading.matches()) {
            section = "section " + heading.group(1);
            ids.add(section);
        } else if (line.equals("## Observable invariants")) {
            section = "invariant";
        } else if (line.equals("## Open doubts") || line.equals("## Comparison")) {
            section = "";
            ids.add(line.substring("## ".length()).toLowerCase(Locale.ROOT));
        } else if (letter.matches()) {
            section = letter.group(1);
            ids.add(section);
        } else if (named.matches()) {
            ids.add(named.group(1));
        } else if (line.startsWith("Common background rules")) {
            ids.add("background rules");
        } else if (section.equals("section 5") && line.contains("ftrace lines: byte-exact") || ids.contains("section 5.1")) {
            Matcher inline = INLINE.matcher(line);
            while (inline.find()) {
                ids.add("section 5." + inline.group(1));
            }
        } else if (section.equals("section 2") && ROW.matcher(line).matches()) {
            Matcher row = ROW.matcher(line);
            row.matches();
            ids.add("catalogue " + row.group(1));
        } else if (item.matches()) {
            item(Integer.parseInt(item.group(1)));
        }
    }

    private void item(int number) {
        if (section.equals("invariant")) {
            ids.add("invariant " + number);
        } else if (section.length() == 1) {
            ids.add(section + number);
        } else if (!section.isEmpty()) {
            steps.merge(section, number, Math::max);
        }
    }

    private void dropWholesThatHaveParts() {
        ids.removeIf(id -> ids.stream().anyMatch(part -> part.startsWith(id + ".")
                || id.matches("[A-Z]") && part.matches(id + "\\d+")
                || id.matches("P\\d+") && part.matches(id + "[a-d]")
                || id.equals("section 2") && part.startsWith("catalogue ")));
        steps.keySet().removeIf(id -> !ids.contains(id));
    }
}
