package io.dmalab.it.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A piece of a source file: {@code path/File.java#name} is what stands between a line with {@code tag::name} and one with
 * {@code end::name}, without the indentation that all its lines share; {@code path/File.java} is the whole file. Markers stand in comments
 * of the file's own kind, and never in the piece.
 */
record SourceRegion(String reference) {
    private static final Pattern MARKER = Pattern.compile("\\b(tag|end)::[a-z0-9-]+");

    /** @param root folder of the checkout @throws IllegalArgumentException if there is no such piece */
    String text(Path root) {
        int hash = reference.indexOf('#');
        Path file = root.resolve(hash < 0 ? reference : reference.substring(0, hash));
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("there is no file " + reference.replaceFirst("#.*", ""), e);
        }
        List<String> piece = hash < 0 ? lines : between(lines, reference.substring(hash + 1));
        return joined(piece.stream().filter(line -> !MARKER.matcher(line).find()).toList());
    }

    private List<String> between(List<String> lines, String name) {
        List<String> piece = new ArrayList<>();
        boolean inside = false;
        boolean met = false;
        for (String line : lines) {
            if (marks(line, "end", name)) {
                if (!inside) {
                    throw new IllegalArgumentException(reference + " ends before it begins");
                }
                inside = false;
            } else if (marks(line, "tag", name)) {
                if (met) {
                    throw new IllegalArgumentException(reference + " is there twice");
                }
                met = true;
                inside = true;
            } else if (inside) {
                piece.add(line);
            }
        }
        if (!met || inside) {
            throw new IllegalArgumentException(reference + (met ? " has no end::" : " has no tag::") + name);
        }
        return piece;
    }

    private static boolean marks(String line, String what, String name) {
        return Pattern.compile("\\b" + what + "::" + Pattern.quote(name) + "(?![a-z0-9-])").matcher(line).find();
    }

    private static String joined(List<String> lines) {
        int indentation = lines.stream().filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length()).min().orElse(0);
        String text = lines.stream().map(line -> line.isBlank() ? "" : line.substring(indentation)).collect(Collectors.joining("\n"));
        return text.strip().isEmpty() ? "" : text.replaceFirst("^\n+", "").stripTrailing() + "\n";
    }
}
