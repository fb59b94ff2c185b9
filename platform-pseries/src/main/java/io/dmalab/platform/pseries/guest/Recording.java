package io.dmalab.platform.pseries.guest;

import io.dmalab.api.guest.BadRecording;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** A recording of the format {@code tce-trace-1}, read as it is asked for: a few lines ahead at most are kept. */
final class Recording implements AutoCloseable {
    /** How far to look for a processor's next call; the ones of the others in between are then behind it. */
    private static final int LOOK_AHEAD_MAX = 1024;

    private final String name;
    private final BufferedReader reader;
    private final Map<String, Object> header;
    private final List<Line> ahead = new ArrayList<>();
    private int lineNumber;

    private Recording(String name, BufferedReader reader) {
        this.name = name;
        this.reader = reader;
        this.header = read();
        if (header == null || !"tce-trace-1".equals(header.get("format"))) {
            throw new BadRecording(name + ":1:1: no header of the format tce-trace-1; give a recording as docs/conform.md describes it");
        }
    }

    /** @throws BadRecording if the file cannot be read or is none */
    static Recording open(Path file) {
        try {
            InputStream in = Files.newInputStream(file);
            try {
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
                return new Recording(file.toString(), new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8), 1 << 16));
            } catch (IOException | BadRecording e) {
                in.close();
                throw e;
            }
        } catch (IOException e) {
            throw new BadRecording(file + ": cannot be read (" + e + "); give a readable recording", e);
        }
    }

    /** What is wrong with the header. */
    BadRecording badHeader(String what, Throwable cause) {
        return new BadRecording(name + ":1:1: " + what + "; give the recording of a kernel (kind linux)", cause);
    }

    /** What is wrong at the line read last. */
    BadRecording bad(String what, Throwable cause) {
        return new BadRecording(name + ":" + lineNumber + ":1: " + what + "; record it again", cause);
    }

    Map<String, Object> header() {
        return header;
    }

    /** The next line, which stays the next one; null at the end. */
    Line peek() {
        return ahead(0);
    }

    /** Takes the next line. */
    Line take() {
        Line line = ahead(0);
        ahead.removeFirst();
        return line;
    }

    /** The next call of a processor, which stays; null if it makes none soon. */
    Line peekCall(int cpu) {
        int index = indexOfCall(cpu, 0);
        return index < 0 ? null : ahead.get(index);
    }

    /** The call of a processor after that next one. */
    Line peekCallAfter(Line line) {
        int index = indexOfCall(line.cpu(), ahead.indexOf(line) + 1);
        return index < 0 ? null : ahead.get(index);
    }

    /** Takes a line that was looked at. */
    void take(Line line) {
        ahead.remove(line);
    }

    private int indexOfCall(int cpu, int from) {
        for (int i = from; i < LOOK_AHEAD_MAX; i++) {
            Line line = ahead(i);
            if (line == null) {
                return -1;
            }
            if (line.isCall() && line.cpu() == cpu) {
                return i;
            }
        }
        return -1;
    }

    private Line ahead(int number) {
        while (ahead.size() <= number) {
            Map<String, Object> fields = read();
            if (fields == null) {
                return null;
            }
            Line line = line(fields);
            if (!line.isEffect()) {
                ahead.add(line);
            }
        }
        return ahead.get(number);
    }

    private Line line(Map<String, Object> fields) {
        try {
            return Line.of(fields);
        } catch (IllegalArgumentException | ClassCastException e) {
            throw bad("a field is not what it should be (" + e.getMessage() + ")", e);
        }
    }

    private Map<String, Object> read() {
        try {
            String text = reader.readLine();
            lineNumber++;
            return text == null ? null : JsonLine.parse(text);
        } catch (EOFException | ZipException | MalformedInputException e) {
            throw bad("the file ends in the middle or is damaged", e);
        } catch (IOException e) {
            throw bad("cannot be read (" + e.getMessage() + ")", e);
        } catch (IllegalArgumentException e) {
            throw new BadRecording(name + ":" + lineNumber + ":" + e.getMessage() + "; record it again", e);
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw bad("cannot be closed", e);
        }
    }
}
