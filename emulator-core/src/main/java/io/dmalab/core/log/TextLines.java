package io.dmalab.core.log;

import java.io.IOException;
import java.io.Reader;

/** Lines of any text, LF, CRLF or CR: one at a time, and what is longer than a log line can be is cut, so memory is bounded. */
final class TextLines {
    private static final int LONGEST = 4_096;
    private static final int BUFFER = 1 << 16;

    private final Reader reader;
    private final char[] buffer = new char[BUFFER];
    private final StringBuilder line = new StringBuilder();
    private int at;
    private int end;
    private boolean afterReturn;
    private long number;

    TextLines(Reader reader) {
        this.reader = reader;
    }

    /** The next line without its end, null behind the last one. */
    String next() throws IOException {
        line.setLength(0);
        boolean any = false;
        while (true) {
            if (at == end && !fill()) {
                return any ? finished() : null;
            }
            if (buffer[at] == '\n' && afterReturn) {
                at++;
                afterReturn = false;
                continue;
            }
            afterReturn = false;
            int from = at;
            while (at < end && buffer[at] != '\n' && buffer[at] != '\r' && buffer[at] != 0) {
                at++;
            }
            any |= at > from;
            line.append(buffer, from, Math.max(0, Math.min(at - from, LONGEST - line.length())));
            if (at == end) {
                continue;
            }
            char stop = buffer[at++];
            afterReturn = stop == '\r';
            if (stop != 0) {
                return finished();
            }
            // a NUL, as a crash leaves them in a log's file, is no part of any line
            any = true;
        }
    }

    /** Of the line that was returned last, from 1. */
    long number() {
        return number;
    }

    private String finished() {
        number++;
        return line.toString();
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, reader.read(buffer, 0, BUFFER));
        return end > 0;
    }
}
