package io.dmalab.cli;

import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.Violation;
import java.util.List;
import java.util.Locale;

/** Explorations as plain text of at most 75 columns, as it can be sent to a kernel mailing list. */
final class ExplorationText {
    private static final int WIDTH = 75;

    private final ExplorationFiles.Found found;
    private final String command;
    private final StringBuilder text = new StringBuilder();

    /** @param command makes the same again */
    ExplorationText(ExplorationFiles.Found found, String command) {
        this.found = found;
        this.command = command;
    }

    String text() {
        for (int i = 0; i < found.explorations().size(); i++) {
            exploration(i);
        }
        wrap("Explored by dmalab " + found.emulator().model() + ":", 0);
        line("");
        wrap("$ " + command, 6);
        return text.toString();
    }

    private void exploration(int number) {
        Exploration exploration = found.explorations().get(number);
        String what = switch (exploration.verdict()) {
            case SAFE -> "no interleaving does harm";
            case VIOLATION -> "an interleaving does harm";
            case BOUND_REACHED -> "no harm found, but not all was looked at: " + exploration.missing();
        };
        wrap(String.format(Locale.ROOT, "%s with %s: %s, %s (%,d executions, %,d steps).", exploration.scenario(), exploration.policy(),
                found.bounds().verdict(exploration.verdict()), what, exploration.executions(), exploration.steps()), 0);
        wrap("Search: " + exploration.guarantee() + ". Bounds: " + found.bounds().all(found.requests().get(number).scenario()) + ".", 0);
        line("");
        for (Violation violation : exploration.violations()) {
            wrap(violation.finding().kind() + ": " + violation.finding().detail() + ", in " + violation.finding().where(), 2);
            line("");
            found.diagram(number, violation).forEach(drawn -> line(drawn.isEmpty() ? "" : "  " + drawn));
            line("");
        }
    }

    /** @param indent of the lines after the first */
    private void wrap(String words, int indent) {
        StringBuilder line = new StringBuilder();
        for (String word : List.of(words.split(" "))) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                line(line.toString());
                line = new StringBuilder(" ".repeat(indent));
            } else if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(word);
        }
        line(line.toString());
    }

    /** A word that is longer than a line is cut. */
    private void line(String line) {
        String shown = line.stripTrailing();
        text.append(shown.length() <= WIDTH ? shown : shown.substring(0, WIDTH - 3) + "...").append('\n');
    }
}
