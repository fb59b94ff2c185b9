package io.dmalab.core.text;

import java.io.IOException;
import java.io.Reader;

/** The lines of a text of any size, one at a time, with an end to the memory that one of them can take. */
public final class TextLines {
    /** What ends a line, and what is no part of one. */
    public enum Kind {
        /** LF or CR LF. */
        FILE,
        /** As a console leaves it: LF, CR LF or CR; a NUL, as a crash leaves them in a log's file, is no part of any line. */
        CONSOLE
    }

    private static final int BUFFER = 1 << 16;

    private final Reader reader;
    private final Kind kind;
    private final int longest;
    private final char[] buffer = new char[BUFFER];
    private final StringBuilder line = new StringBuilder();
    private int at;
    private int end;
    private boolean afterReturn;
    private boolean tooLong;
    private long number;

    /** @param longest characters of a line that are kept */
    public TextLines(Reader reader, Kind kind, int longest) {
        this.reader = reader;
        this.kind = kind;
        this.longest = longest;
    }

    /** The next line without its end, cut where it is too long; null behind the last one. */
    public String next() throws IOException {
        line.setLength(0);
        tooLong = false;
        boolean any = false;
        while (at < end || fill()) {
            boolean secondHalf = afterReturn && buffer[at] == '\n';
            afterReturn = false;
            if (secondHalf) {
                at++;
                continue;
            }
            any = true;
            int from = at;
            while (at < end && !stops(buffer[at])) {
                at++;
            }
            keep(from);
            if (at < end) {
                char stop = buffer[at++];
                afterReturn = stop == '\r';
                if (stop != 0) {
                    return finished();
                }
            }
        }
        return any ? finished() : null;
    }

    /** Of the line that was returned last, from 1. */
    public long number() {
        return number;
    }

    /** The last line was longer and has been cut. */
    public boolean tooLong() {
        return tooLong;
    }

    private boolean stops(char c) {
        return c == '\n' || kind == Kind.CONSOLE && (c == '\r' || c == 0);
    }

    private void keep(int from) {
        int room = longest - line.length();
        line.append(buffer, from, Math.min(at - from, room));
        tooLong |= at - from > room;
    }

    private String finished() {
        number++;
        int length = line.length();
        if (kind == Kind.FILE && !tooLong && length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        return line.toString();
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, reader.read(buffer, 0, BUFFER));
        return end > 0;
    }
}
