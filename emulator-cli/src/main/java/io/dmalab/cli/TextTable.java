package io.dmalab.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A table of text: the first column left, the others right, each as wide as it needs to be. */
final class TextTable<R> {
    private record Column<R>(String head, Function<R, String> cell) {}

    private final List<Column<R>> columns = new ArrayList<>();

    TextTable<R> column(String head, Function<R, String> cell) {
        columns.add(new Column<>(head, cell));
        return this;
    }

    /** Head line first. */
    List<String> lines(List<R> rows) {
        List<String[]> all = new ArrayList<>();
        all.add(columns.stream().map(Column::head).toArray(String[]::new));
        rows.forEach(row -> all.add(columns.stream().map(column -> column.cell().apply(row)).toArray(String[]::new)));
        int[] widths = new int[columns.size()];
        for (String[] cells : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], cells[i].length());
            }
        }
        return all.stream().map(cells -> line(cells, widths)).toList();
    }

    private static String line(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String space = " ".repeat(widths[i] - cells[i].length());
            line.append(i == 0 ? cells[i] + space : space + cells[i]).append("  ");
        }
        return line.toString().stripTrailing();
    }
}
