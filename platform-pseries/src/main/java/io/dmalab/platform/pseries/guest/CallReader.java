package io.dmalab.platform.pseries.guest;

import io.dmalab.api.guest.BadRecording;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** Reads the calls of a recording as a stream: no object is made for a line but the texts that are new. */
final class CallReader implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int HEADER_MAX = 1 << 20;
    private static final JsonFactory JSON = new JsonFactory();
    private static final String[] OPERATIONS = {"H_PUT_TCE", "H_STUFF_TCE", "H_GET_TCE", "H_PUT_TCE_INDIRECT", "RTAS", "EV_DMA_XLATE"};

    private final String name;
    private final Map<String, Object> header;
    private final JsonParser parser;

    private CallReader(String name, InputStream in) throws IOException {
        this.name = name;
        this.header = header(in);
        this.parser = JSON.createParser(ObjectReadContext.empty(), in);
    }

    /** @throws BadRecording if the file cannot be read or is no recording */
    static CallReader open(Path file) {
        try {
            InputStream in = Files.newInputStream(file);
            try {
                return new CallReader(file.toString(), new BufferedInputStream(
                        file.toString().endsWith(".gz") ? new GZIPInputStream(in, BUFFER) : in, BUFFER));
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
        } catch (EOFException | ZipException e) {
            throw new BadRecording(file + ":1:1: damaged (" + e.getMessage() + "); give a whole gzip file", e);
        } catch (IOException e) {
            throw new BadRecording(file + ": cannot be read (" + e + "); give a readable recording", e);
        }
    }

    private Map<String, Object> header(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n' && line.size() < HEADER_MAX; b = in.read()) {
            line.write(b);
        }
        try {
            Map<String, Object> fields = JsonLine.parse(line.toString(StandardCharsets.UTF_8));
            if ("tce-trace-1".equals(fields.get("format"))) {
                return fields;
            }
        } catch (IllegalArgumentException e) {
            // no JSON: the message below says so
        }
        throw new BadRecording(name + ":1:1: no header of the format tce-trace-1; give a recording as docs/conform.md describes it");
    }

    Map<String, Object> header() {
        return header;
    }

    /** What is wrong with the header. */
    BadRecording badHeader(RuntimeException cause) {
        return new BadRecording(name + ":1:1: the header does not describe a machine (" + cause.getMessage()
                + "); give a recording as docs/conform.md describes it", cause);
    }

    /** Reads the next line. False at the end. @throws BadRecording if the rest cannot be read */
    boolean next(RecordedCall call) {
        try {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return false;
            }
            if (token != JsonToken.START_OBJECT) {
                throw bad("an object was expected", null);
            }
            call.clear();
            call.line = 1L + parser.currentTokenLocation().getLineNr();
            for (String field = parser.nextName(); field != null; field = parser.nextName()) {
                parser.nextToken();
                field(call, field);
            }
            return true;
        } catch (JacksonIOException e) {
            throw bad("the file ends in the middle or is damaged", e);
        } catch (JacksonException e) {
            throw bad("no JSON (" + e.getOriginalMessage() + ")", e);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw bad("a field is not what it should be (" + e.getMessage() + ")", e);
        }
    }

    private void field(RecordedCall call, String field) {
        switch (field) {
            case "seq" -> call.sequence = number();
            case "op" -> call.operation = operation();
            case "call" -> call.call = parser.getString();
            case "token" -> call.token = number();
            case "nargs" -> call.inputs = (int) number();
            case "nret" -> call.outputs = (int) number();
            case "args" -> call.argCount = numbers(call.args);
            case "hrc" -> call.hcallCode = number();
            case "rc" -> call.code = number();
            case "out" -> call.outCount = numbers(call.out);
            case "list" -> call.listCount = numbers(call.list);
            case "drc" -> call.connector = number();
            case "wa_name" -> call.nodeName = parser.getString();
            case "wa_len" -> call.nodeLength = number();
            case "in_rtas" -> call.effect = parser.currentToken() == JsonToken.VALUE_TRUE;
            case "liobn" -> call.liobn = number();
            case "start" -> call.start = number();
            case "page_shift" -> call.pageShift = number();
            case "entries" -> call.entries = number();
            case "buid" -> call.buid = number();
            case "ioba" -> call.busAddress = number();
            case "pa" -> call.physical = number();
            case "perm" -> call.permission = number();
            default -> parser.skipChildren();
        }
    }

    /** The operation's name; a text is made only of one that is rare. */
    private String operation() {
        char[] text = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int length = parser.getStringLength();
        for (String known : OPERATIONS) {
            if (known.length() == length && matches(known, text, from)) {
                return known;
            }
        }
        return parser.getString();
    }

    private static boolean matches(String known, char[] text, int from) {
        for (int i = known.length() - 1; i >= 0; i--) {
            if (known.charAt(i) != text[from + i]) {
                return false;
            }
        }
        return true;
    }

    private int numbers(long[] into) {
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            into[count++] = number();
        }
        return count;
    }

    /** An integer, or a hexadecimal number as a string. */
    private long number() {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return parser.getLongValue();
        }
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException("a number was expected");
        }
        char[] text = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int length = parser.getStringLength();
        if (length < 3 || length > 18 || text[from] != '0' || text[from + 1] != 'x') {
            throw new IllegalArgumentException("'" + parser.getString() + "' is no number");
        }
        long value = 0;
        for (int i = 2; i < length; i++) {
            int digit = Character.digit(text[from + i], 16);
            if (digit < 0) {
                throw new IllegalArgumentException("'" + parser.getString() + "' is no number");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private BadRecording bad(String what, Throwable cause) {
        var at = parser.currentLocation();
        String place = name + ":" + (1 + at.getLineNr()) + ":" + Math.max(1, at.getColumnNr());
        return new BadRecording(place + ": " + what + "; record it again", cause);
    }

    @Override
    public void close() {
        parser.close();
    }
}
