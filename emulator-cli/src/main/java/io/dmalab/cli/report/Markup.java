package io.dmalab.cli.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML that is well-formed XML too: whatever is opened is closed, and every text and attribute is escaped. What cannot be made this
 * way, a chart, comes in by {@link #chart} alone.
 */
final class Markup {
    private final StringBuilder text = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** @param attributes names and values in turn */
    Markup open(String tag, String... attributes) {
        start(tag, attributes).append('>');
        open.push(tag);
        return this;
    }

    Markup close() {
        text.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /** An element that holds text alone. */
    Markup leaf(String tag, String content, String... attributes) {
        start(tag, attributes).append('>');
        text(content);
        text.append("</").append(tag).append(">\n");
        return this;
    }

    /** An element without content. */
    Markup empty(String tag, String... attributes) {
        start(tag, attributes).append("/>\n");
        return this;
    }

    Markup text(String content) {
        text.append(escape(content));
        return this;
    }

    Markup chart(Plot plot) {
        text.append(plot.svg()).append('\n');
        return this;
    }

    /** A style sheet of dmalab's own: CSS has no escape for markup, and needs none as long as it holds no {@code <}. */
    Markup style(String css) {
        if (css.contains("<")) {
            throw new IllegalArgumentException("a style sheet with markup in it");
        }
        text.append("<style>\n").append(css).append("</style>\n");
        return this;
    }

    private StringBuilder start(String tag, String... attributes) {
        text.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"").append(escape(attributes[i + 1])).append('"');
        }
        return text;
    }

    /** Text for element and attribute alike. Control characters, which XML has no place for, become question marks. */
    static String escape(String content) {
        StringBuilder escaped = new StringBuilder(content.length() + 16);
        content.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.append((char) c);
                default -> escaped.appendCodePoint(c < ' ' || c == 0x7f || c >= 0xd800 && c < 0xe000 || c >= 0xfffe && c <= 0xffff
                        ? '?' : c);
            }
        });
        return escaped.toString();
    }

    /** The whole document. @throws IllegalStateException if something is still open */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("still open: " + open);
        }
        return text.toString();
    }
}
