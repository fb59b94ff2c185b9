package io.dmalab.cli.report;

import java.util.ArrayList;
import java.util.List;

/** A table of texts; the first column is the row's name. */
record Table(String caption, List<String> heads, List<List<String>> rows) {
    Table {
        heads = List.copyOf(heads);
        rows = List.copyOf(rows);
    }

    static Table of(String caption, String... heads) {
        return new Table(caption, List.of(heads), List.of());
    }

    Table row(String... cells) {
        List<List<String>> more = new ArrayList<>(rows);
        more.add(List.of(cells));
        return new Table(caption, heads, more);
    }

    void write(Markup page) {
        write(page, "figures");
    }

    /** A table of words, not figures: read from the left. */
    void writeWords(Markup page) {
        write(page, "words");
    }

    private void write(Markup page, String kind) {
        page.open("div", "class", "scroll").open("table", "class", kind).leaf("caption", caption).open("thead").open("tr");
        heads.forEach(head -> page.leaf("th", head, "scope", "col"));
        page.close().close().open("tbody");
        for (List<String> row : rows) {
            page.open("tr").leaf("th", row.getFirst(), "scope", "row");
            row.stream().skip(1).forEach(cell -> page.leaf("td", cell));
            page.close();
        }
        page.close().close().close();
    }
}
