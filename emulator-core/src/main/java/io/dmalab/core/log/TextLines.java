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
            char c = buffer[at++];
            if (c == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = c == '\r';
            if (c == '\n' || c == '\r') {
                return finished();
            }
            any = true;
            if (line.length() < LONGEST && c != 0) {
                line.append(c);
            }
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
