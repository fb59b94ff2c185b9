package io.dmalab.core.scenario;

import io.dmalab.api.guest.BadRecording;

/**
 * Something the user gave cannot be used. The message is one line: {@code file:line:column: what; what to do}. The command line prints it
 * and ends with code 2.
 */
public final class BadInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 4_000;

    private BadInput(String message) {
        super(oneLine(message));
    }

    /** The user's own text is part of the message: it must neither break the line nor command the terminal. */
    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> {
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                default -> line.appendCodePoint(Character.isISOControl(c) ? '\uFFFD' : c);
            }
        });
        return line.toString();
    }

    /** A user's text as it is quoted in messages: cut where it is long. */
    static String quote(String text) {
        return "'" + (text.length() <= 60 ? text : text.substring(0, 57) + "...") + "'";
    }

    /** A plugin has said it all: place, what, and the remedy. */
    public static BadInput of(BadRecording bad) {
        return new BadInput(bad.getMessage());
    }

    /** @param place a file, an option or whatever the user would look for */
    public static BadInput of(String place, String what, String remedy) {
        return new BadInput(place + ": " + what + "; " + remedy);
    }

    /** @param line and {@code column} count from 1 */
    public static BadInput at(String file, int line, int column, String what, String remedy) {
        return new BadInput(file + ":" + line + ":" + column + ": " + what + "; " + remedy);
    }
}
