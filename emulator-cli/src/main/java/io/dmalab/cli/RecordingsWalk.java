package io.dmalab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/** The way through the recordings of {@code conform}: its progress line, its notes, and where Ctrl-C ended it. */
class RecordingsWalk {
    private static final int KIB = 1024;

    private final Output output;
    private final List<RecordingFiles.File> files;
    private final long total;
    private final ProgressLine line;
    private RecordingFiles.File current;
    private long before;
    private int ended;
    private boolean interrupted;

    RecordingsWalk(Output output, List<RecordingFiles.File> files) {
        this.output = output;
        this.files = files;
        this.total = files.stream().mapToLong(RecordingsWalk::size).sum();
        this.line = new ProgressLine(output, "KiB");
    }

    /** A file's turn. False if the user has interrupted. */
    boolean begin(RecordingFiles.File file) {
        current = file;
        return goesOn(0);
    }

    /** So much of the file is read. False if the user has interrupted. */
    boolean goesOn(long bytes) {
        progress(bytes);
        interrupted |= Thread.currentThread().isInterrupted();
        return !interrupted;
    }

    /** So much of the file is read, on any thread. */
    void progress(long bytes) {
        line.finished((int) ((before + bytes) / KIB), (int) (total / KIB));
    }

    /** The user has interrupted, and it showed elsewhere. */
    void interrupted() {
        interrupted = true;
    }

    void end() {
        before += size(current);
        ended++;
    }

    /** A line on stderr. */
    void note(String text) {
        line.finish();
        output.err().println("dmalab: " + text);
        output.err().flush();
    }

    void finish() {
        line.finish();
    }

    /** The exit code, {@code code} if the way was gone to its end. */
    int code(int code) {
        if (!interrupted) {
            return code;
        }
        note(String.format(Locale.ROOT, "interrupted in %s, with %d of %d files done", current.path(), ended, files.size()));
        return Main.INTERRUPTED;
    }

    boolean isComplete() {
        return !interrupted;
    }

    private static long size(RecordingFiles.File file) {
        try {
            return Files.size(file.path());
        } catch (IOException e) {
            return 0;
        }
    }
}
