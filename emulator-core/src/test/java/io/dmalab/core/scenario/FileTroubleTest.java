package io.dmalab.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** Java's exceptions about files, in words. */
class FileTroubleTest {
    @Test
    void aFilesNameIsNoReason() {
        assertThat(FileTrouble.cause(new AccessDeniedException("x.yaml"))).isEqualTo("permission denied");
        assertThat(FileTrouble.cause(new NoSuchFileException("x.yaml"))).isEqualTo("there is no such file or folder");
        assertThat(FileTrouble.cause(new FileNotFoundException("a (b).jsonl (Permission denied)"))).isEqualTo("Permission denied");
        assertThat(FileTrouble.cause(new FileSystemException("x", null, "Is a directory"))).isEqualTo("Is a directory");
    }

    @Test
    void anythingElseSpeaksForItself() {
        assertThat(FileTrouble.cause(new IOException("No space left on device"))).isEqualTo("No space left on device");
        assertThat(FileTrouble.cause(new IOException())).isEqualTo("java.io.IOException");
    }
}
