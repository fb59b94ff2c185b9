package io.dmalab.core.trace;

import java.io.IOException;
import java.io.Reader;

/** The lines of a text, with an end to the memory that one of them can take. Line ends are LF, CR LF, or the end of the text. */
final class LineSource {
    /** Longer than any event a kernel prints: its buffer for one has a page. */
    static final int LINE_MAX = 64 * 1024;
    private static final int CHUNK = 32 * 1024;

    private final Reader in;
    private final char[] chunk = new char[CHUNK];
    private final StringBuilder line = new StringBuilder();
    private int at;
    private int filled;
    private long number;
    private boolean tooLong;

    LineSource(Reader in) {
        this.in = in;
    }

    /** The next line without its end, cut at {@link #LINE_MAX} characters; null at the end of the text. */
    String next() throws IOException {
        line.setLength(0);
        tooLong = false;
        boolean any = false;
        while (at < filled || fill()) {
            any = true;
            int end = at;
            while (end < filled && chunk[end] != '\n') {
                end++;
            }
            int room = LINE_MAX - line.length();
            line.append(chunk, at, Math.min(room, end - at));
            tooLong |= end - at > room;
            at = end;
            if (end < filled) {
                at++;
                break;
            }
        }
        if (!any) {
            return null;
        }
        number++;
        int length = line.length();
        if (!tooLong && length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        return line.toString();
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(chunk, 0, chunk.length));
        return filled > 0;
    }

    /** Of the last line, from 1. */
    long number() {
        return number;
    }

    /** The last line was longer and has been cut. */
    boolean tooLong() {
        return tooLong;
    }
}
