package io.dmalab.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A table of text: the first column left, the others right, each as wide as it needs to be. */
final class TextTable<R> {
    private static final String GAP = "  ";

    private record Column<R>(String head, Function<R, String> cell) {}

    private final List<Column<R>> columns = new ArrayList<>();

    TextTable<R> column(String head, Function<R, String> cell) {
        columns.add(new Column<>(head, cell));
        return this;
    }

    /** Head line first. */
    List<String> lines(List<R> rows) {
        return blocks(rows, Terminal.UNLIMITED).getFirst();
    }

    /**
     * The table's columns in as many blocks one below the other as it takes, each with the first column, which names the rows.
     *
     * @param room columns of text that a line may have; a column that is wider has a block of its own
     * @return of each block its lines, head line first
     */
    List<List<String>> blocks(List<R> rows, int room) {
        List<String[]> all = new ArrayList<>();
        all.add(columns.stream().map(Column::head).toArray(String[]::new));
        rows.forEach(row -> all.add(columns.stream().map(column -> column.cell().apply(row)).toArray(String[]::new)));
        int[] widths = new int[columns.size()];
        for (String[] cells : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], cells[i].length());
            }
        }
        List<List<String>> blocks = new ArrayList<>();
        for (int first = 1; first < widths.length || blocks.isEmpty();) {
            int end = end(widths, first, room);
            int from = first;
            blocks.add(all.stream().map(cells -> line(cells, widths, from, end)).toList());
            first = end;
        }
        return blocks;
    }

    /** The first column that has no room beside those from {@code first} on. */
    private static int end(int[] widths, int first, int room) {
        int width = widths[0];
        for (int i = first; i < widths.length; i++) {
            width += GAP.length() + widths[i];
            if (width > room && i > first) {
                return i;
            }
        }
        return Math.max(first, widths.length);
    }

    private static String line(String[] cells, int[] widths, int from, int end) {
        StringBuilder line = new StringBuilder(cells[0]).append(" ".repeat(widths[0] - cells[0].length()));
        for (int i = from; i < end; i++) {
            line.append(GAP).append(" ".repeat(widths[i] - cells[i].length())).append(cells[i]);
        }
        return line.toString().stripTrailing();
    }
}
