package io.dmalab.cli;

import io.dmalab.core.imported.Timeline;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;

/** A curve in plain characters: time to the right, the most that lived at a time upwards. */
final class Chart {
    private static final int COLUMNS = 72;
    private static final int ROWS = 8;

    private Chart() {}

    static void print(PrintWriter out, String indent, Timeline timeline, long from, long to) {
        long[] values = timeline.sampled(from, to, COLUMNS);
        long most = Math.max(1, Arrays.stream(values).max().orElse(0));
        int width = String.format(Locale.ROOT, "%,d", most).length();
        for (int row = ROWS; row > 0; row--) {
            String label = row == ROWS ? String.format(Locale.ROOT, "%,d", most) : "";
            StringBuilder line = new StringBuilder(indent).append(" ".repeat(width - label.length())).append(label).append(" |");
            for (long value : values) {
                // what is not zero has at least the lowest mark
                boolean reached = row == 1 ? value > 0 : value * ROWS * 2 >= most * (2 * row - 1);
                line.append(reached ? '#' : ' ');
            }
            out.println(line.toString().stripTrailing());
        }
        out.println(indent + " ".repeat(width - 1) + "0 +" + "-".repeat(COLUMNS));
        String left = String.format(Locale.ROOT, "%.3f s", from / 1e9);
        String right = String.format(Locale.ROOT, "%.3f s", to / 1e9);
        out.println(indent + " ".repeat(width + 2) + left + " ".repeat(COLUMNS - left.length() - right.length()) + right);
    }
}
