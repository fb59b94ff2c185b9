package io.dmalab.core.log;

import io.dmalab.core.run.Progress;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.FileTrouble;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Opens what a user gave as a log: a file, a gzip file, or standard input; refuses what is no text. */
public final class LogSource {
    /** Stands for standard input. */
    public static final String STDIN = "-";

    private static final String REMEDY = "give a kernel log as text: dmesg, journalctl -k, a serial console, trace-cmd report";
    private static final int PROBE = 1 << 16;
    /** Of a journal in JSON the first entry's message stands within this. */
    private static final int HEAD = 1 << 13;
    private static final int GZIP = 0x8b1f;
    /** A console log may be damaged in places; an image or a core dump is damaged all over. */
    private static final double CONTROL_SHARE = 0.05;
    private static final double NUL_SHARE = 0.3;

    private LogSource() {}

    /**
     * A kernel log; otherwise as the other {@code open}.
     *
     * @throws BadInput also if it is JSON of another kind than the journal's: nothing would be found in it
     */
    public static Reader open(String given, InputStream stdin, Progress progress) {
        Reader log = new BufferedReader(open(given, stdin, progress, REMEDY), HEAD);
        try {
            log.mark(HEAD);
            char[] head = new char[HEAD];
            int length = Math.max(0, log.read(head));
            log.reset();
            String begins = new String(head, 0, length).stripLeading();
            if (begins.startsWith("{") && !JournalJson.is(begins.lines().findFirst().orElseThrow())) {
                log.close();
                throw BadInput.of(given.equals(STDIN) ? "<stdin>" : given, "is JSON", "give the log as text, or journalctl -o json");
            }
            return log;
        } catch (IOException e) {
            throw unreadable(given, e);
        }
    }

    /**
     * @param progress told about MiB of a file, not of standard input
     * @param remedy   what a user should give
     * @throws BadInput if it is not there, a folder, empty, or no text
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; reading throws it, too
     */
    public static Reader open(String given, InputStream stdin, Progress progress, String remedy) {
        try {
            InputStream stream = new BufferedInputStream(given.equals(STDIN) ? new CountedStream(stdin, 0, Progress.NONE)
                    : counted(file(given, remedy), progress), PROBE);
            return text(given.equals(STDIN) ? "<stdin>" : given, unpacked(stream), remedy);
        } catch (IOException e) {
            throw unreadable(given, e);
        }
    }

    private static InputStream counted(Path file, Progress progress) throws IOException {
        return new CountedStream(Files.newInputStream(file), Files.size(file), progress);
    }

    /** Reading failed later on. */
    public static BadInput unreadable(String given, IOException e) {
        return BadInput.of(given, "cannot be read (" + FileTrouble.cause(e) + ")", "check the file");
    }

    private static Path file(String given, String remedy) {
        if (given.isBlank()) {
            throw BadInput.of("FILE", "the name is empty", remedy);
        }
        Path file;
        try {
            file = Path.of(given);
        } catch (InvalidPathException e) {
            throw BadInput.of("FILE", "not a path (" + e.getReason() + ")", remedy);
        }
        if (!Files.exists(file)) {
            throw BadInput.of(given, "no such file", remedy + ", or - for standard input");
        }
        if (Files.isDirectory(file)) {
            throw BadInput.of(given, "is a directory", remedy);
        }
        return file;
    }

    private static InputStream unpacked(InputStream stream) throws IOException {
        stream.mark(2);
        int magic = stream.read() | stream.read() << 8;
        stream.reset();
        return magic == GZIP ? new BufferedInputStream(new GZIPInputStream(stream, PROBE), PROBE) : stream;
    }

    private static Reader text(String name, InputStream stream, String remedy) throws IOException {
        stream.mark(PROBE);
        byte[] probe = stream.readNBytes(PROBE);
        stream.reset();
        if (begins(probe, 0xff, 0xfe) || begins(probe, 0xfe, 0xff)) {
            // what a redirection in PowerShell writes
            return new InputStreamReader(stream, StandardCharsets.UTF_16);
        }
        if (begins(probe, 0xef, 0xbb, 0xbf)) {
            stream.skipNBytes(3);
        }
        int control = 0;
        int nul = 0;
        boolean blank = true;
        for (byte b : probe) {
            nul += b == 0 ? 1 : 0;
            control += b > 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != 0x1b ? 1 : 0;
            blank &= b == 0 || Character.isWhitespace(b);
        }
        if (blank) {
            throw BadInput.of(name, "is empty", remedy);
        }
        if (control > probe.length * CONTROL_SHARE || nul > probe.length * NUL_SHARE) {
            throw BadInput.of(name, "is not text", remedy);
        }
        // malformed UTF-8 is replaced, not refused
        return new InputStreamReader(stream, StandardCharsets.UTF_8);
    }

    private static boolean begins(byte[] probe, int... mark) {
        for (int i = 0; i < mark.length; i++) {
            if (i == probe.length || (probe[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
