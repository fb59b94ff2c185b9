package io.dmalab.cli;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.core.scenario.BadInput;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The files that a user's arguments name: a file itself, of a folder every file whose name ends like a recording's, of a pattern what it
 * matches.
 */
final class RecordingFiles {
    /** A file. @param named the user named it, and did not just name its folder */
    record File(Path path, boolean named) {
        /** What to say of a file that is no recording of this kind. @throws BadInput if the user named it */
        String skipped(BadRecording why) {
            if (named) {
                throw BadInput.of(why);
            }
            return "skipped " + why.getMessage();
        }
    }

    private RecordingFiles() {}

    static List<File> of(List<Path> arguments) {
        List<File> files = new ArrayList<>();
        for (Path argument : arguments) {
            if (argument.toString().isEmpty()) {
                throw BadInput.of("RECORDING", "the name is empty", "give recordings or a folder of them");
            }
            if (!Files.exists(argument) && argument.getFileName().toString().matches(".*[*?\\[{].*")) {
                matching(argument).forEach(path -> files.add(new File(path, true)));
            } else if (!Files.exists(argument)) {
                throw BadInput.of(argument.toString(), "no such file or folder", "give recordings or a folder of them");
            } else if (Files.isDirectory(argument)) {
                inFolder(argument).forEach(path -> files.add(new File(path, false)));
            } else {
                files.add(new File(argument, true));
            }
        }
        return files;
    }

    /** A pattern that the shell has left alone. */
    private static List<Path> matching(Path pattern) {
        Path folder = pattern.toAbsolutePath().getParent();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, pattern.getFileName().toString())) {
            List<Path> found = StreamSupport.stream(paths.spliterator(), false).sorted().toList();
            if (!found.isEmpty()) {
                return found;
            }
        } catch (IOException | PatternSyntaxException e) {
            // said below
        }
        throw BadInput.of(pattern.toString(), "no such file or folder", "give recordings or a folder of them");
    }

    private static List<Path> inFolder(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            List<Path> found = paths.filter(path -> path.toString().matches(".*\\.jsonl(\\.gz)?")).sorted().toList();
            if (found.isEmpty()) {
                throw BadInput.of(folder.toString(), "no *.jsonl or *.jsonl.gz in it", "name the folder that holds the recordings");
            }
            return found;
        } catch (IOException e) {
            throw BadInput.of(folder.toString(), "cannot be read", "name a folder that can be read");
        }
    }
}
