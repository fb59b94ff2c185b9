package io.dmalab.platform.pseries.recording;

import io.dmalab.api.guest.BadRecording;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads a recording of the format {@code tce-trace-1} line by line; it keeps one block of the file, or one line if that is longer. */
public final class RecordingReader implements AutoCloseable {
    private static final int BLOCK = 1 << 16;
    private static final int LINE_MAX = 1 << 24;

    private final String name;
    private final CountedInput file;
    private final InputStream in;
    private final LineScanner scanner = new LineScanner();
    private final Map<String, Object> header;
    /** One byte longer than what is read into it: behind the last byte a newline stands, which ends every scan. */
    private byte[] buffer = new byte[BLOCK + 1];
    private int from;
    private int to;
    private boolean ended;
    private long lineNumber;

    private RecordingReader(String name, CountedInput file, InputStream in) {
        this.name = name;
        this.file = file;
        this.in = in;
        this.header = readHeader();
    }

    /** @throws BadRecording if the file cannot be read or is no recording */
    public static RecordingReader open(Path path) {
        try {
            // not Files.newInputStream: that one ends when its thread is interrupted, and what is known is still to be printed
            CountedInput file = new CountedInput(new FileInputStream(path.toFile()));
            try {
                InputStream in = path.toString().endsWith(".gz") ? new GZIPInputStream(file, BLOCK) : file;
                return new RecordingReader(path.toString(), file, in);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (EOFException | ZipException e) {
            throw new BadRecording(path + ":1:1: damaged (" + e.getMessage() + "); give a whole gzip file", e);
        } catch (IOException e) {
            // a missing file's message begins with its name
            String why = String.valueOf(e.getMessage()).replace(path + " (", "(").replaceFirst("^\\((.*)\\)$", "$1");
            throw new BadRecording(path + ": cannot be read (" + why + "); give a readable recording", e);
        }
    }

    private Map<String, Object> readHeader() {
        buffer[0] = '\n';
        int end = lineEnd();
        lineNumber++;
        try {
            Map<String, Object> fields = JsonLine.parse(buffer, from, end);
            if ("tce-trace-1".equals(fields.get("format"))) {
                from = Math.min(end + 1, to);
                return fields;
            }
        } catch (JsonLine.Damaged e) {
            // the message below says what was expected
        }
        throw new BadRecording(name + ":1:1: no header of the format tce-trace-1; give a recording as docs/conform.md describes it");
    }

    /** Describes the machine and its guest. */
    public Map<String, Object> header() {
        return header;
    }

    /** Bytes read of the file so far, as they are on the disk. */
    public long bytesRead() {
        return file.count();
    }

    /** Reads the next line. False at the end. @throws BadRecording if the rest cannot be read */
    public boolean next(RecordedCall call) {
        while (from < to || fill()) {
            call.clear(lineNumber + 1);
            int end = scanner.scan(buffer, from, call);
            if (end < 0 || end == to && !ended) {
                // the rest of the line may be in the next block
                end = lineEnd();
                if (scanner.scan(buffer, from, call) != end) {
                    call.clear(lineNumber + 1);
                }
            }
            if (call.operation().isEmpty()) {
                general(call, end);
            }
            lineNumber++;
            from = Math.min(end + 1, to);
            if (!call.operation().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Reads a line of another make; an empty one is none. */
    private void general(RecordedCall call, int end) {
        if (isBlank(end)) {
            return;
        }
        try {
            call.fill(JsonLine.parse(buffer, from, end));
        } catch (JsonLine.Damaged e) {
            throw bad(e.column, e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw bad(1, "a field is not what it should be (" + e.getMessage() + ")", e);
        }
    }

    private boolean isBlank(int end) {
        int at = from;
        while (at < end && buffer[at] <= ' ' && buffer[at] >= 0) {
            at++;
        }
        return at == end;
    }

    /** Where the line at {@code from} ends: at a newline, or at the end of the file. Reads on until it is all there. */
    private int lineEnd() {
        int at = from;
        while (true) {
            while (buffer[at] != '\n') {
                at++;
            }
            if (at < to || ended) {
                return at;
            }
            at -= from;
            fill();
            at += from;
        }
    }

    /** Reads on, behind what is left of the block. False at the end of the file. */
    private boolean fill() {
        if (ended) {
            return false;
        }
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        if (to == buffer.length - 1) {
            if (to >= LINE_MAX) {
                throw bad(1, "a line of more than " + LINE_MAX + " bytes", null);
            }
            buffer = Arrays.copyOf(buffer, 2 * to + 1);
        }
        try {
            int read = in.read(buffer, to, buffer.length - 1 - to);
            ended = read < 0;
            to += Math.max(0, read);
            buffer[to] = '\n';
            return !ended;
        } catch (EOFException | ZipException e) {
            throw bad(to - from + 1, "the file ends in the middle or is damaged", e);
        } catch (IOException e) {
            throw bad(to - from + 1, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /** What is wrong with the header: {@code cause; remedy}. */
    BadRecording badHeader(String what, RuntimeException cause) {
        return new BadRecording(name + ":1:1: " + what, cause);
    }

    /** What is wrong with the line read last. */
    public BadRecording badLine(String what, RuntimeException cause) {
        return new BadRecording(name + ":" + lineNumber + ":1: " + what + "; record it again", cause);
    }

    /** What is wrong with the line after the ones that were read. */
    private BadRecording bad(int column, String what, Throwable cause) {
        return new BadRecording(name + ":" + (lineNumber + 1) + ":" + column + ": " + what + "; record it again", cause);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // nothing that was read is the worse for it
        }
    }
}
