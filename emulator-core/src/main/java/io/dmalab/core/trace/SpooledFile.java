package io.dmalab.core.trace;

import io.dmalab.core.scenario.BadInput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A text file that is there as a whole or not at all: written beside its place and moved there at the end. What is no ordinary file, such as a pipe
 * or /dev/null, is written to at the end.
 */
final class SpooledFile {
    private final Path target;
    private final boolean ordinary;
    private final Path body;
    private final BufferedWriter writer;

    private SpooledFile(Path target, boolean ordinary, Path body) throws IOException {
        this.target = target;
        this.ordinary = ordinary;
        this.body = body;
        this.writer = Files.newBufferedWriter(body, StandardCharsets.UTF_8);
    }

    /** @throws BadInput if nothing can be written there */
    static SpooledFile create(String file) {
        try {
            Path path = Path.of(file).toAbsolutePath();
            if (Files.isDirectory(path)) {
                throw BadInput.of(file, "is a folder", "name a file");
            }
            Path target = Files.exists(path) ? path.toRealPath() : path;
            boolean ordinary = !Files.exists(target) || Files.isRegularFile(target);
            return new SpooledFile(target, ordinary, ordinary ? beside(target) : Files.createTempFile("dmalab", ".part"));
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
                // another run's, or left by one that was killed
            }
        }
    }

    private BadInput failed(IOException e) {
        return cannot(target.toString(), e);
    }

    private static BadInput cannot(String file, Exception e) {
        String cause = switch (e) {
            case NoSuchFileException none -> "there is no such folder";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.getMessage();
        };
        return BadInput.of(file, "cannot be written (" + cause + ")", "name a file in a folder that can be written to and has room");
    }

    /** @throws BadInput if that fails, e.g. for want of room */
    void write(CharSequence text) {
        try {
            writer.append(text);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Puts the file in its place, with {@code head} in front of what was written. @throws BadInput if that fails */
    void finish(String head) {
        try {
            writer.close();
            place(head);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void place(String head) throws IOException {
        if (!ordinary) {
            try (OutputStream out = Files.newOutputStream(target)) {
                copy(head, out);
            }
            return;
        }
        Path whole = body;
        if (!head.isEmpty()) {
            whole = beside(target);
            try (OutputStream out = Files.newOutputStream(whole)) {
                copy(head, out);
            } catch (IOException e) {
                Files.deleteIfExists(whole);
                throw e;
            }
        }
        Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
    }

    private void copy(String head, OutputStream out) throws IOException {
        out.write(head.getBytes(StandardCharsets.UTF_8));
        Files.copy(body, out);
    }

    /** Lets go of everything but the finished file. */
    void close() {
        try {
            writer.close();
        } catch (IOException e) {
            // nobody wants the rest any more, or finish() has said so
        }
        try {
            Files.deleteIfExists(body);
        } catch (IOException e) {
            // it stays under its own name; the file itself is in place or is not wanted
        }
    }
}
