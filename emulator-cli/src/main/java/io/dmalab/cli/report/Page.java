package io.dmalab.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The frame that every report has: head, style, what it is about, how to make it again. Nothing in it is loaded from elsewhere. */
final class Page {
    private static final String STYLE = "report.css";

    final Markup markup = new Markup();
    private final Facts facts;

    /** @param title of the window, and first heading */
    Page(String title, Facts facts) {
        this.facts = facts;
        markup.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml").open("head");
        markup.empty("meta", "charset", "utf-8").empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        // nothing is fetched, whatever a browser or a reader of this file may try
        markup.empty("meta", "http-equiv", "Content-Security-Policy", "content", "default-src 'none'; style-src 'unsafe-inline'");
        markup.leaf("title", title).style(css()).close();
        markup.open("body").open("main").leaf("h1", title).leaf("p", facts.summary(), "class", "lead");
        if (!facts.story().isBlank()) {
            story();
        }
    }

    private void story() {
        markup.open("details").leaf("summary", "The scenario's story");
        for (String paragraph : facts.story().strip().split("\n\\s*\n")) {
            markup.leaf("p", paragraph.strip());
        }
        markup.close();
    }

    private static String css() {
        try (InputStream css = Page.class.getResourceAsStream(STYLE)) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Markup section(String id, String title) {
        return markup.leaf("h2", title, "id", id);
    }

    void code(String text) {
        markup.open("pre").leaf("code", text).close();
    }

    /** The document, with the section that says how to make it again. */
    String finish() {
        section("reproduce", "To reproduce");
        Table table = Table.of("What was run", "what", "value");
        for (int i = 0; i < facts.settings().size(); i += 2) {
            table = table.row(facts.settings().get(i), facts.settings().get(i + 1));
        }
        table.writeWords(markup);
        markup.leaf("p", "The same command gives the same figures on every machine, and this file byte for byte:");
        code(facts.command());
        markup.close().close().close();
        return "<!DOCTYPE html>\n" + markup;
    }
}
