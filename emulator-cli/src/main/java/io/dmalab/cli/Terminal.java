package io.dmalab.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a person looks at what is printed, and how much of a line is seen. Java itself tells the first of input and output only, and only of both. */
final class Terminal {
    /** On Linux links to what the process has there; elsewhere there are no such files, or they are none. */
    private static final Path STDOUT = Path.of("/proc/self/fd/1");
    private static final Path STDERR = Path.of("/proc/self/fd/2");
    private static final int WIDTH = 80;
    /** A whole line: what reads a file or a pipe wants one. */
    static final int UNLIMITED = Integer.MAX_VALUE;

    private Terminal() {}

    static boolean onStderr() {
        return onStderr(STDERR, System.getenv("TERM"));
    }

    /** @param type of the terminal, as TERM has it, or null: lines are rewritten with control sequences, which a dumb one does not know */
    static boolean onStderr(Path stderr, String type) {
        return !"dumb".equals(type) && isTerminal(stderr);
    }

    /** Columns of the terminal to which standard output goes; {@link #UNLIMITED} where it goes elsewhere. */
    static int width() {
        return Width.COLUMNS;
    }

    /** Asked once, and only if a table wants to know. */
    private static final class Width {
        static final int COLUMNS = isTerminal(STDOUT) ? asked() : UNLIMITED;
    }

    /** The terminal's own answer, by the tool that every system has. */
    private static int asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(STDOUT.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip().split(" ");
            int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
            return columns > 0 ? columns : WIDTH;
        } catch (IOException | NumberFormatException e) {
            return WIDTH;
        }
    }

    private static boolean isTerminal(Path stream) {
        if (!Files.isSymbolicLink(stream)) {
            return System.console() != null && System.console().isTerminal();
        }
        try {
            return Files.readSymbolicLink(stream).toString().matches("/dev/(pts/[0-9]+|tty.*|console)");
        } catch (IOException e) {
            return false;
        }
    }
}
