package io.dmalab.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Optional;

/** Standard output that remembers why it could not be written to: a Java writer keeps that to itself, and a result would be lost without a word. */
final class StandardOutput extends FilterOutputStream {
    private static final String READER_GONE = "Broken pipe";

    private final OutputStream to;
    private Optional<String> trouble = Optional.empty();

    StandardOutput(OutputStream to) {
        super(to);
        this.to = to;
    }

    static StandardOutput ofProcess() {
        return new StandardOutput(new FileOutputStream(FileDescriptor.out));
    }

    /** Flushed after each line, as at a terminal. */
    PrintWriter writer() {
        Charset charset = Charset.forName(System.getProperty("stdout.encoding", Charset.defaultCharset().name()), Charset.defaultCharset());
        return new PrintWriter(new BufferedOutputStream(this), true, charset);
    }

    /** Why something was not written; empty also if its reader has had enough, as head has. */
    Optional<String> trouble() {
        return trouble.filter(cause -> !cause.equals(READER_GONE));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (trouble.isPresent()) {
            throw new IOException(trouble.get());
        }
        try {
            to.write(bytes, offset, length);
        } catch (IOException e) {
            trouble = Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
            throw e;
        }
    }
}
