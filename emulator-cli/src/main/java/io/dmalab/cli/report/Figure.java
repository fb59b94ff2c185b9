package io.dmalab.cli.report;

import java.util.List;

/**
 * A chart with the table of what it shows behind it.
 *
 * @param legend names of the series, in the order of {@link Plot#SERIES}; may be empty
 */
record Figure(Plot plot, String caption, Table table, List<String> legend) {
    Figure {
        legend = List.copyOf(legend);
    }

    Figure(Plot plot, String caption, Table table) {
        this(plot, caption, table, List.of());
    }

    Figure withLegend(List<String> names) {
        return new Figure(plot, caption, table, names);
    }

    void write(Markup page) {
        page.open("figure").chart(plot).open("figcaption").text(caption);
        if (!legend.isEmpty()) {
            page.open("ul", "class", "legend");
            for (int i = 0; i < legend.size(); i++) {
                page.open("li").leaf("span", "", "class", "key k" + i).text(legend.get(i) + " (" + Plot.LINES.get(i) + ")").close();
            }
            page.close();
        }
        page.close().open("details").leaf("summary", "The figures as a table");
        table.write(page);
        page.close().close();
    }
}
