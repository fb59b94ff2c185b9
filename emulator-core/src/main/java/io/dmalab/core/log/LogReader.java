package io.dmalab.core.log;

import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.TraceEvent;
import io.dmalab.core.text.TextLines;
import io.dmalab.core.trace.FtraceLine;
import java.io.IOException;
import java.io.Reader;
import java.util.function.Consumer;

/** Reads a kernel log of any size and form, item by item; memory does not grow with it. */
public final class LogReader {
    /** A line beyond this is no kernel's. */
    private static final int LONGEST = 4_096;

    private LogReader() {}

    /** @return lines read */
    public static long read(Reader reader, Consumer<LogItem> out) throws IOException {
        TextLines lines = new TextLines(reader, TextLines.Kind.CONSOLE, LONGEST);
        Stacks stacks = new Stacks(out);
        for (String raw = lines.next(); raw != null; raw = lines.next()) {
            TraceEvent event = FtraceLine.parse(lines.number(), raw);
            if (event != null) {
                out.accept(event);
                continue;
            }
            Place place = JournalJson.is(raw) ? JournalJson.strip(lines.number(), raw) : Prefix.strip(lines.number(), raw);
            if (place != null) {
                stacks.line(place);
            }
        }
        stacks.end();
        return lines.number();
    }
}
