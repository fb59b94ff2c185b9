package io.dmalab.core.trace;

import io.dmalab.api.config.Option;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.api.observe.Observer;
import io.dmalab.api.observe.TraceRecord;
import jakarta.inject.Inject;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Writes a run as JSON Lines, in order: its trace events, its kernel log, its findings. Described in docs/schema/event.json. */
public final class JsonLinesWriter implements Observer {
    /** Options of the extension. */
    public record Options(@Option(doc = "the file to write; one that exists is replaced when the run has ended") String file) {
        public Options {
            if (file.isBlank()) {
                throw new IllegalArgumentException("the file's name is empty");
            }
        }
    }

    private final SpooledFile file;
    private final StringWriter line = new StringWriter();
    private final JsonGenerator json;

    @Inject
    public JsonLinesWriter(Options options) {
        this.file = SpooledFile.create(options.file());
        this.json = JsonMapper.shared().writer().withRootValueSeparator("").createGenerator(line);
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public void event(TraceRecord event) {
        json.writeStartObject();
        json.writeStringProperty("kind", "event");
        json.writeNumberProperty("nanos", event.timeNanos());
        json.writeNumberProperty("cpu", event.cpu());
        json.writeStringProperty("comm", event.comm());
        json.writeNumberProperty("pid", event.pid());
        json.writeStringProperty("context", event.context().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("event", event.type().name());
        json.writeObjectPropertyStart("fields");
        List<String> fields = event.type().fields();
        for (int i = 0; i < fields.size(); i++) {
            if (event.values().get(i) instanceof Long number) {
                json.writeNumberProperty(fields.get(i), number);
            } else {
                json.writeStringProperty(fields.get(i), event.values().get(i).toString());
            }
        }
        json.writeEndObject();
        endLine();
    }

    @Override
    public void log(LogLine line) {
        json.writeStartObject();
        json.writeStringProperty("kind", "log");
        json.writeNumberProperty("nanos", line.timeNanos());
        json.writeStringProperty("level", line.level().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("text", line.text());
        endLine();
    }

    @Override
    public void finding(FindingRecord finding) {
        json.writeStartObject();
        json.writeStringProperty("kind", "finding");
        json.writeNumberProperty("nanos", finding.firstNanos());
        json.writeStringProperty("finding", finding.kind().toString());
        json.writeStringProperty("subject", finding.subject());
        json.writeStringProperty("detail", finding.detail());
        json.writeStringProperty("where", finding.where());
        endLine();
    }

    private void endLine() {
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
        file.write(line.getBuffer());
        line.getBuffer().setLength(0);
    }

    @Override
    public void end() {
        file.finish("");
    }

    @Override
    public void close() {
        file.close();
    }
}
