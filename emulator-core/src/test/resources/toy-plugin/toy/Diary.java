package toy;

import io.dmalab.api.config.Option;
import io.dmalab.api.kernel.Kernel;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How many of each an observer was told, and that the calls at the end come in order. */
public final class Diary implements Observer {
    /** Options of the observer. */
    public record Options(
            @Option(doc = "the file that the diary is appended to") String file,
            @Option(value = "true", doc = "whether trace events are wanted") boolean events) {}

    private final Kernel kernel;
    private final Options options;
    private int events;
    private int lines;
    private int findings;

    @Inject
    public Diary(Kernel kernel, Options options) {
        this.kernel = kernel;
        this.options = options;
    }

    @Override
    public boolean wantsEvents() {
        return options.events();
    }

    @Override
    public void event(TraceRecord event) {
        events++;
    }

    @Override
    public void log(LogLine line) {
        lines++;
    }

    @Override
    public void finding(FindingRecord finding) {
        findings++;
    }

    @Override
    public void end() {
        write("end: " + kernel.profile().id() + " " + (events > 0) + " " + (lines > 0) + " " + (findings > 0));
    }

    @Override
    public void close() {
        write("close");
    }

    private void write(String line) {
        try {
            Files.writeString(Path.of(options.file()), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
