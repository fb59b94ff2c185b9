package io.dmalab.cli;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.api.guest.GuestConformance;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.scenario.BadInput;
import io.dmalab.core.scenario.ScenarioReader;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** {@code conform --guest}: each recording becomes a run whose guest does again what the recorded kernel was asked to do. */
final class GuestConform {
    private final Output output;
    private final Emulator emulator;
    private final int differencesMax;

    GuestConform(Output output, Emulator emulator, int differencesMax) {
        this.output = output;
        this.emulator = emulator;
        this.differencesMax = differencesMax;
    }

    int run(List<RecordingFiles.File> files) {
        return run(files, new RecordingsWalk(output, files));
    }

    int run(List<RecordingFiles.File> files, RecordingsWalk walk) {
        List<Registered<GuestConformance>> offered = emulator.extensions(GuestConformance.class);
        if (offered.isEmpty()) {
            throw BadInput.of("--guest", "no plugin can replay recordings of guests", "add the plugin platform-pseries");
        }
        GuestConformance conformance = emulator.create(offered.getFirst());
        GuestReport report = new GuestReport(output.out(), output.quiet);
        int replayed = 0;
        try {
            for (RecordingFiles.File file : files) {
                if (!walk.begin(file)) {
                    break;
                }
                replayed += replay(file, conformance, report, walk) ? 1 : 0;
                walk.end();
            }
        } catch (CancellationException e) {
            walk.interrupted();
        } finally {
            walk.finish();
        }
        if (replayed == 0 && walk.isComplete()) {
            throw BadInput.of("--guest", "none of the files is a recording of a guest", "give recordings of kind linux");
        }
        return walk.code(report.close(output.json, walk.isComplete()));
    }

    /** False if the file is in a folder of the user's and no guest's recording. */
    private boolean replay(RecordingFiles.File file, GuestConformance conformance, GuestReport report, RecordingsWalk walk) {
        String scenario;
        try {
            scenario = conformance.scenario(file.path());
        } catch (BadRecording e) {
            walk.note(file.skipped(e));
            return false;
        }
        GuestFindings found = new GuestFindings(differencesMax, walk::progress);
        long start = System.nanoTime();
        RunRequest request = emulator.request(ScenarioReader.read(scenario, "scenario of the recording")).withoutLog().withObservers(List.of(found));
        RunResult result;
        try {
            result = emulator.run(request);
        } catch (CancellationException e) {
            found.stop();
            walk.finish();
            if (found.calls() + found.carried() > 0) {
                report.add(file.path(), request.kernel().id(), Optional.empty(), found, output.json);
            }
            throw e;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        walk.finish();
        if (!output.quiet) {
            walk.note(String.format(Locale.ROOT, "%s: %,d calls in %.1f s", file.path().getFileName(),
                    found.calls() + found.carried(), seconds));
        }
        report.add(file.path(), result.kernel(), Optional.of(result.digestText()), found, output.json);
        return true;
    }
}
