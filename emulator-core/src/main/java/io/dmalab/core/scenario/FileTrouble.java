package io.dmalab.core.scenario;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.apiguardian.api.API;

/** Says in words why a file could not be had: Java's own messages are often no more than its name. */
@API(status = API.Status.INTERNAL, since = "0.1")
public final class FileTrouble {
    private FileTrouble() {}

    /** Such as {@code permission denied}: fits into brackets behind "cannot be read". */
    public static String cause(Exception e) {
        return switch (e) {
            case NoSuchFileException none -> "there is no such file or folder";
            case AccessDeniedException denied -> "permission denied";
            case NotDirectoryException file -> "not a folder";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            // "NAME (No such file or directory)"
            case FileNotFoundException named when named.getMessage() != null -> named.getMessage().replaceFirst("^.* \\((.*)\\)$", "$1");
            case IOException other when other.getMessage() != null -> other.getMessage();
            default -> e.toString();
        };
    }
}
