package io.dmalab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a person looks at standard error, where progress is shown. Java itself tells it of input and output only, and only of both. */
final class Terminal {
    /** On Linux a link to what the process has there; elsewhere there is no such file, or it is none. */
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    private Terminal() {}

    static boolean onStderr() {
        return onStderr(STDERR, System.getenv("TERM"));
    }

    /** @param type of the terminal, as TERM has it, or null: lines are rewritten with control sequences, which a dumb one does not know */
    static boolean onStderr(Path stderr, String type) {
        if ("dumb".equals(type)) {
            return false;
        }
        if (!Files.isSymbolicLink(stderr)) {
            return System.console() != null && System.console().isTerminal();
        }
        try {
            return Files.readSymbolicLink(stderr).toString().matches("/dev/(pts/[0-9]+|tty.*|console)");
        } catch (IOException e) {
            return false;
        }
    }
}
