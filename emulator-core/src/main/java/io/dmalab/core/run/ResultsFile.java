package io.dmalab.core.run;

import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.FileTrouble;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Runs that have been made, in a file of JSON Lines that only grows: one line a run, written when it ends, so that a comparison that was
 * interrupted, or killed, goes on where it was, and more seeds, policies or scenarios are added to what is there. A line counts only for
 * a run that is the same in all that its result depends on, the model's code included.
 */
public final class ResultsFile implements Results, AutoCloseable {
    private static final String AGAIN = "give another file, or delete this one";

    private final String name;
    private final String model;
    /** Not a channel: an interrupt would close it in the middle of a line. */
    private final RandomAccessFile out;
    private final Map<String, Sample> known = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private int used;

    private ResultsFile(String name, String model, RandomAccessFile out) {
        this.name = name;
        this.model = model;
        this.out = out;
    }

    /**
     * Opens or creates a file. A last line that was not finished is cut off.
     *
     * @param model what {@code Emulator.model()} says
     * @throws BadInput if the file cannot be read or written, is in use, or is no file of results
     */
    public static ResultsFile open(String file, String model) {
        RandomAccessFile out = null;
        try {
            Path path = Path.of(file);
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw BadInput.of(file, "is no ordinary file", "results are kept in a file");
            }
            out = new RandomAccessFile(path.toFile(), "rw");
            lock(out, file);
            ResultsFile results = new ResultsFile(file, model, out);
            results.load();
            return results;
        } catch (IOException | InvalidPathException | UncheckedIOException e) {
            close(out);
            throw BadInput.of(file, "cannot be used (" + FileTrouble.cause(e) + ")", "name a file in a folder that can be written to");
        } catch (BadInput e) {
            close(out);
            throw e;
        }
    }

    /** Two comparisons that write into one file at once would tear each other's lines. */
    private static void lock(RandomAccessFile out, String file) throws IOException {
        FileLock lock;
        try {
            lock = out.getChannel().tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw BadInput.of(file, "another comparison is using this file", "wait for it, or give another file");
        }
    }

    private void load() throws IOException {
        long good = 0;
        int number = 0;
        int foreign = 0;
        String damaged = null;
        long size = out.length();
        BufferedReader reader = new BufferedReader(new InputStreamReader(new FileInputStream(out.getFD()), StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (damaged != null) {
                throw BadInput.of(name + ":" + (number - 1), "is not a line of results (" + damaged + ")", AGAIN);
            }
            long end = good + line.getBytes(StandardCharsets.UTF_8).length + 1;
            Optional<JsonNode> node = SampleJson.parse(line);
            if (node.isEmpty() || end > size) {
                // only the last line can be half written; whether this is the last shows when the next is read
                damaged = node.isEmpty() ? "no JSON" : "its end is missing";
                continue;
            }
            foreign += read(node.get(), number) ? 0 : 1;
            good = end;
        }
        if (damaged != null) {
            if (known.isEmpty() && foreign == 0) {
                throw BadInput.of(name, "is no file of results", AGAIN);
            }
            out.setLength(good);
            notes.add(String.format(Locale.ROOT, "%s:%d: the last line was not finished and is dropped; that run is made again", name,
                    number));
        }
        if (foreign > 0) {
            notes.add(String.format(Locale.ROOT, "%s: %d results of other versions of dmalab or of its plugins are not used; this is %s",
                    name,
                    foreign, model));
        }
        out.seek(good);
    }

    /** False if the line is of another model. */
    private boolean read(JsonNode node, int number) {
        int format = node.path("format").asInt(0);
        if (format != SampleJson.FORMAT) {
            throw format == 0 ? BadInput.of(name + ":" + number, "is not a line of results", AGAIN)
                    : BadInput.of(name + ":" + number, "results of format " + format + ", this dmalab reads " + SampleJson.FORMAT,
                            "go on with the version that wrote them, or give another file");
        }
        try {
            if (!SampleJson.text(node, "model").equals(model)) {
                return false;
            }
            known.put(SampleJson.text(node, "key"), SampleJson.sample(node));
            return true;
        } catch (RuntimeException e) {
            throw BadInput.of(name + ":" + number, "is not a line of results (" + e.getMessage() + ")", AGAIN);
        }
    }

    /** What a user should know about the file, a line each. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Results of this model that the file holds. */
    public synchronized int size() {
        return known.size();
    }

    /** Runs that were found in the file instead of being made. */
    public synchronized int used() {
        return used;
    }

    @Override
    public synchronized Optional<Sample> find(RunRequest request) {
        Optional<Sample> sample = Optional.ofNullable(known.get(SampleJson.key(request, model)));
        used += sample.isPresent() ? 1 : 0;
        return sample;
    }

    @Override
    public void add(RunRequest request, Sample sample) {
        byte[] line = (SampleJson.line(request, sample, model) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (this) {
            try {
                out.write(line);
            } catch (IOException e) {
                throw BadInput.of(name, "cannot be written (" + e.getMessage() + ")",
                        "make room, then say the same again: what is there is kept");
            }
            known.put(SampleJson.key(request, model), sample);
        }
    }

    @Override
    public void close() {
        close(out);
    }

    private static void close(RandomAccessFile out) {
        try {
            if (out != null) {
                out.close();
            }
        } catch (IOException e) {
            // every line has been written already
        }
    }
}
