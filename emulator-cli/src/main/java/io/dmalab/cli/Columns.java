package io.dmalab.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of text whose columns are as wide as they need to be; the last one runs free. */
final class Columns {
    /** Fewer columns are none for words. */
    private static final int NARROW = 24;

    private final String indent;
    private final List<String[]> rows = new ArrayList<>();

    Columns(String indent) {
        this.indent = indent;
    }

    /** With a comma between thousands. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    void print(PrintWriter out) {
        print(out, Terminal.width());
    }

    /** @param width columns of the terminal; a last cell that reaches beyond goes on in its column, or where that is narrow below its row */
    void print(PrintWriter out, int width) {
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < row.length - 1; i++) {
                line.append(row[i]).append(" ".repeat(width(i) - row[i].length() + 2));
            }
            last(line, row[row.length - 1], width).forEach(out::println);
        }
        out.flush();
    }

    private List<String> last(StringBuilder line, String cell, int width) {
        if (line.length() + cell.length() <= width) {
            return List.of(line.append(cell).toString().stripTrailing());
        }
        List<String> lines = new ArrayList<>();
        int start = line.length();
        if (width - start < NARROW) {
            lines.add(line.toString().stripTrailing());
            line.setLength(0);
            start = indent.length() + 4;
            line.append(" ".repeat(start));
        }
        for (String words : Description.wrap(cell, Math.max(NARROW, width - start))) {
            lines.add(line.append(words).toString());
            line.setLength(0);
            line.append(" ".repeat(start));
        }
        return lines;
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
    }
}
