package io.dmalab.core.trace;

import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.FileTrouble;
import java.io.BufferedWriter;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.RandomAccessFile;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A text file that is there as a whole or not at all: what is written goes to a file without a name, is copied beside the place at the end
 * and moved there. What is no ordinary file, such as a pipe or /dev/null, is written to at the end. A run that is killed leaves nothing; one
 * that is interrupted may still write what it knows, for which reason no channel is used here: those close under an interrupted thread.
 */
public final class SpooledFile {
    private static final String REMEDY = "name a file in a folder that can be written to and has room";

    private final Path target;
    private final boolean ordinary;
    private final RandomAccessFile body;
    private final Writer writer;

    private SpooledFile(Path target, boolean ordinary) throws IOException {
        this.target = target;
        this.ordinary = ordinary;
        Path spool = ordinary ? beside(target) : Files.createTempFile("dmalab", ".part");
        this.body = new RandomAccessFile(spool.toFile(), "rw");
        Files.delete(spool);
        this.writer = new BufferedWriter(new OutputStreamWriter(new FileOutputStream(body.getFD()), StandardCharsets.UTF_8));
    }

    /** @throws BadInput if nothing can be written there */
    public static SpooledFile create(String file) {
        try {
            Path path = Path.of(file).toAbsolutePath();
            if (Files.isDirectory(path)) {
                throw BadInput.of(file, "is a folder", "name a file");
            }
            Path target = Files.exists(path) ? path.toRealPath() : path;
            return new SpooledFile(target, !Files.exists(target) || Files.isRegularFile(target));
        } catch (IOException | InvalidPathException e) {
            throw cannot(file, e);
        }
    }

    /** A new file in the same folder, with the permissions that a user's files have. */
    private static Path beside(Path target) throws IOException {
        for (int i = 0;; i++) {
            try {
                return Files.createFile(target.resolveSibling("." + target.getFileName() + "." + i + ".part"));
            } catch (FileAlreadyExistsException e) {
                // another run's
            }
        }
    }

    private static BadInput cannot(String file, Exception e) {
        String cause = e instanceof NoSuchFileException ? "there is no such folder" : FileTrouble.cause(e);
        return BadInput.of(file, "cannot be written (" + cause + ")", REMEDY);
    }

    /** @throws BadInput if that fails, e.g. for want of room */
    public void write(CharSequence text) {
        try {
            writer.append(text);
        } catch (IOException e) {
            throw cannot(target.toString(), e);
        }
    }

    /** Puts the file in its place, with {@code head} in front of what was written. @throws BadInput if that fails */
    public void finish(String head) {
        try {
            writer.flush();
            if (ordinary) {
                replace(head);
            } else {
                copy(head, target);
            }
        } catch (IOException e) {
            throw cannot(target.toString(), e);
        }
    }

    private void replace(String head) throws IOException {
        Path whole = beside(target);
        try {
            copy(head, whole);
            Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private void copy(String head, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to)) {
            out.write(head.getBytes(StandardCharsets.UTF_8));
            body.seek(0);
            new FileInputStream(body.getFD()).transferTo(out);
        }
    }

    /** Lets go of everything but the finished file. */
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // nobody wants the rest any more
        }
    }
}
