package io.dmalab.it.docs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a page has its reader do, in order: save the fenced blocks below a line {@code <!-- file: PATH -->}, and type the indented lines
 * that begin with {@code $}. The indented lines below a command are its output; {@code ...} stands for any lines on a line of its own, and
 * for any characters inside one. A command without such lines may print what it likes. It ends with code 0 unless a comment says
 * otherwise: {@code $ dmalab run # exit code 1}.
 */
record Session(List<Act> acts) {
    private static final Pattern FILE = Pattern.compile("<!-- file: (\\S+) -->");
    private static final Pattern CODE = Pattern.compile(".*# exit code ([0-9]+)\\b.*");
    private static final String INDENT = "    ";
    private static final String PROMPT = INDENT + "$ ";
    private static final String ANY = "...";

    /** Something that the reader does. @param line of the page, from 1 */
    sealed interface Act {
        int line();

        /** Saves a file, below the folder of the session. */
        record Save(int line, String path, String text) implements Act {}

        /** Types a command. @param output lines as the page has them */
        record Type(int line, String command, int code, List<String> output) implements Act {
            /** Whether this is what the page says. */
            boolean prints(String text) {
                String printed = text.lines().map(line -> line.stripTrailing() + "\n").collect(Collectors.joining());
                return output.isEmpty() || pattern(output).matcher(printed).matches();
            }
        }
    }

    static Session of(String page) {
        List<String> lines = page.lines().toList();
        List<Act> acts = new ArrayList<>();
        for (MarkdownPage.Block block : new MarkdownPage(page).blocks()) {
            Matcher file = FILE.matcher(block.line() < 2 ? "" : lines.get(block.line() - 2).strip());
            if (file.matches()) {
                acts.add(new Act.Save(block.line(), file.group(1), block.text()));
            }
        }
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(PROMPT)) {
                acts.add(command(lines, i));
            }
        }
        acts.sort(Comparator.comparingInt(Act::line));
        return new Session(List.copyOf(acts));
    }

    private static Act command(List<String> lines, int at) {
        String text = lines.get(at).substring(PROMPT.length());
        Matcher code = CODE.matcher(text);
        int end = at + 1;
        while (end < lines.size() && !lines.get(end).startsWith(PROMPT) && (lines.get(end).startsWith(INDENT) || goesOn(lines, end))) {
            end++;
        }
        List<String> output = lines.subList(at + 1, end).stream()
                .map(line -> line.isBlank() ? "" : line.substring(INDENT.length()).stripTrailing()).toList();
        String command = text.replaceFirst("\\s+# exit code.*", "");
        return new Act.Type(at + 1, command, code.matches() ? Integer.parseInt(code.group(1)) : 0, output);
    }

    /** An empty line inside of a command's output: what follows is indented and no command. */
    private static boolean goesOn(List<String> lines, int at) {
        if (!lines.get(at).isBlank() || at + 1 == lines.size()) {
            return false;
        }
        String next = lines.get(at + 1);
        return next.startsWith(INDENT) && !next.startsWith(PROMPT) || goesOn(lines, at + 1);
    }

    private static Pattern pattern(List<String> output) {
        return Pattern.compile(output.stream().map(line -> line.strip().equals(ANY) ? "(?:.*\n)*?" : inside(line) + "\n")
                .collect(Collectors.joining()));
    }

    private static String inside(String line) {
        return Arrays.stream(line.split(Pattern.quote(ANY), -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    }
}
