package io.dmalab.platform.pseries.guest;

import io.dmalab.api.guest.GuestConformance;
import io.dmalab.platform.pseries.recording.RecordedMachine;
import java.nio.file.Path;
import java.util.Locale;

/** Makes a scenario of a recording: the recorded machine, the nearest kernel, and one step that replays the rest of the file. */
public final class RecordedGuest implements GuestConformance {
    private static final int PAGE_4K = 4096;

    @Override
    public String scenario(Path file) {
        RecordedMachine machine;
        try (Recording recording = Recording.open(file)) {
            machine = recording.machine();
        }
        String path = "\"" + file.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        return String.format(Locale.ROOT, """
                scenario: recorded-guest
                summary: The guest of a recording
                kernel: %s
                page-size: %s
                cpus: %d
                memory: { ram: %dMiB, kasan: on }
                limits: { time: 1000h, events: 2000M }
                platform: { id: pseries-recording, recording: %s }
                devices: []
                policy: legacy
                steps:
                  - { at: 0s, do: replay-guest }
                """, machine.kernel(), machine.pageSize() == PAGE_4K ? "4KiB" : "64KiB", machine.cpus(), machine.ram() >>> 20, path);
    }
}
