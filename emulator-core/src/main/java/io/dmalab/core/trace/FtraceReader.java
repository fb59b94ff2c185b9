package io.dmalab.core.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.function.Consumer;

/** Reads ftrace text. */
public final class FtraceReader {
    private FtraceReader() {}

    /** Hands every event of a known type to {@code sink}, in the order of the file. */
    public static ReadReport read(BufferedReader in, Consumer<TracedEvent> sink) throws IOException {
        throw new UnsupportedOperationException("not built yet");
    }
}
