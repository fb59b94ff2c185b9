package io.dmalab.core.scenario;

/**
 * Something the user gave cannot be used. The message is one line: {@code file:line:column: what; what to do}. The command line prints it
 * and ends with code 2.
 */
public final class BadInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private BadInput(String message) {
        super(message);
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
