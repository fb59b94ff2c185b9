package io.dmalab.cli.report;

/** A chart with the table of what it shows behind it. */
record Figure(Plot plot, String caption, Table table) {
    void write(Markup page) {
        page.open("figure").chart(plot).leaf("figcaption", caption);
        page.open("details").leaf("summary", "The figures as a table");
        table.write(page);
        page.close().close();
    }
}
