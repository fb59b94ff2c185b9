package io.dmalab.platform.pseries.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RecordedCallsTest {
    @Test
    @DisplayName("every recorded answer of QEMU's pseries machine to a sweep of right and wrong calls")
    void qemuSweep() throws IOException {
        Recording recording = new Recording();
        try (InputStream raw = RecordedCallsTest.class.getResourceAsStream("/recorded/probe-sys-default.txt.gz");
                BufferedReader lines = new BufferedReader(new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.US_ASCII))) {
            recording.replay(lines);
        }
        assertThat(recording.calls()).isGreaterThan(2300);
        assertThat(recording.differences()).isEmpty();
    }
}
