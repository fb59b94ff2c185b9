package io.dmalab.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/tutorial.md, from the first command to the last, in a fresh folder. */
class TutorialIT {
    private static final Path ROOT = Path.of(System.getProperty("dmalab.root"));
    private static final long LIMIT_SECONDS = 180;

    @TempDir
    Path folder;

    @Test
    @DisplayName("tutorial.md: every file is saved and every command typed, and each prints what the page says")
    void everyCommandDoesWhatThePageSays() throws Exception {
        Session session = Session.of(Files.readString(ROOT.resolve("docs/tutorial.md")));
        assertThat(session.acts()).hasSizeGreaterThan(10);
        play(session, "docs/tutorial.md");
    }

    private void play(Session session, String page) throws IOException, InterruptedException {
        for (Session.Act act : session.acts()) {
            switch (act) {
                case Session.Act.Save save -> {
                    Path file = folder.resolve(save.path());
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, save.text());
                }
                case Session.Act.Type type -> type(type, page);
            }
        }
    }

    private void type(Session.Act.Type type, String page) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "typed", ".out");
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", type.command()).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(out.toFile());
        shell.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "DMALAB_PLUGINS"));
        shell.environment().put("DMALAB", ROOT.toString());
        shell.environment().put("PATH", ROOT + ":" + Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
        Process process = shell.start();
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            fail(page + ":" + type.line() + ": '" + type.command() + "' did not end within " + LIMIT_SECONDS + " s");
        }
        String printed = Files.readString(out);
        Files.delete(out);
        assertThat(process.exitValue()).as("%s:%d: exit code of '%s', which printed:%n%s", page, type.line(), type.command(), printed)
                .isEqualTo(type.code());
        if (!type.prints(printed)) {
            // as a comparison, which shows both
            assertThat(printed).as("%s:%d: what '%s' prints", page, type.line(), type.command())
                    .isEqualTo(String.join("\n", type.output()) + "\n");
        }
    }

    private static final String PAGE = """
            <!-- file: folder/one.txt -->
            ```
            first
            second
            ```
                $ cat folder/one.txt
                first
                second
                $ cat folder/one.txt; exit 3   # exit code 3: for once
                f...t
                ...

            Text.

                $ printf 'a\\n\\nb\\n'
                a

                b
                $ printf 'x\\ny\\nz\\n'
                ...
                z
                $ true
            """;

    @Test
    @DisplayName("the player itself: files, commands, codes, output with and without gaps")
    void plays() throws Exception {
        Session session = Session.of(PAGE);
        assertThat(session.acts()).hasSize(6);
        play(session, "page");
    }

    @Test
    @DisplayName("the player itself: another output or another code fails, and says where")
    void fails() {
        assertThatThrownBy(() -> play(Session.of("    $ echo a\n    b\n"), "page")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("page:1: what 'echo a' prints");
        assertThatThrownBy(() -> play(Session.of("\n    $ echo a; false\n    a\n"), "page")).isInstanceOf(AssertionError.class)
                .hasMessageContaining("page:2: exit code of 'echo a; false', which printed:");
        assertThatThrownBy(() -> play(Session.of("    $ printf 'a\\nb\\n'\n    a\n"), "page")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> play(Session.of("    $ echo axb\n    a...c\n"), "page")).isInstanceOf(AssertionError.class);
    }
}
