package io.dmalab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

/** What happens when a result cannot be printed. */
class StandardOutputTest {
    private static OutputStream failing(String why) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(why);
            }
        };
    }

    private static StandardOutput printed(OutputStream to) {
        StandardOutput output = new StandardOutput(to);
        PrintWriter writer = output.writer();
        writer.println("one line \u00fc");
        writer.println("another");
        writer.flush();
        return output;
    }

    @Test
    void whatIsPrintedGoesOn() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(printed(bytes).trouble()).isEmpty();
        Charset charset = Charset.forName(System.getProperty("stdout.encoding"));
        assertThat(bytes.toString(charset)).startsWith("one line ").endsWith("another" + System.lineSeparator());
    }

    @Test
    void aFullDiskIsRemembered() {
        assertThat(printed(failing("No space left on device")).trouble()).hasValue("No space left on device");
    }

    @Test
    void aReaderThatHasHadEnoughIsNoTrouble() {
        assertThat(printed(failing("Broken pipe")).trouble()).isEmpty();
    }
}
