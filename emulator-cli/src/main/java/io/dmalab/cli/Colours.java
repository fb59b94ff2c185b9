package io.dmalab.cli;

import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/**
 * Colour, where the terminal and the user (NO_COLOR, CLICOLOR, CLICOLOR_FORCE, picocli.ansi) allow it. Never the only carrier of meaning.
 */
final class Colours {
    private Colours() {}

    static Help.ColorScheme scheme() {
        return Help.defaultColorScheme(Ansi.AUTO);
    }

    static String bold(String text) {
        return style("bold", text);
    }

    static String red(String text) {
        return style("red", text);
    }

    static String green(String text) {
        return style("green", text);
    }

    static String yellow(String text) {
        return style("yellow", text);
    }

    static String faint(String text) {
        return style("faint", text);
    }

    /** Text may hold picocli's markup characters, so it is styled piecewise instead of as markup. */
    private static String style(String name, String text) {
        if (!Ansi.AUTO.enabled()) {
            return text;
        }
        Ansi.Style style = Ansi.Style.valueOf(name.equals("red") || name.equals("green") || name.equals("yellow") ? "fg_" + name : name);
        return style.on() + text + Ansi.Style.reset.on();
    }
}
