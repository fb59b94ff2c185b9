package io.dmalab.cli;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.api.guest.HypervisorConformance;
import io.dmalab.core.Emulator;
import io.dmalab.core.plugin.Registered;
import io.dmalab.core.scenario.BadInput;
import java.util.List;

/** {@code conform}: the calls of each recording are made again on our hypervisor. */
final class HypervisorConform {
    private final Output output;
    private final Emulator emulator;
    private final int differencesMax;

    HypervisorConform(Output output, Emulator emulator, int differencesMax) {
        this.output = output;
        this.emulator = emulator;
        this.differencesMax = differencesMax;
    }

    int run(List<RecordingFiles.File> files) {
        List<Registered<HypervisorConformance>> offered = emulator.extensions(HypervisorConformance.class);
        if (offered.isEmpty()) {
            throw BadInput.of("conform", "no plugin can answer recorded calls", "add the plugin platform-pseries");
        }
        HypervisorConformance conformance = emulator.create(offered.getFirst());
        HypervisorReport report = new HypervisorReport(output.out(), output.json, output.quiet);
        RecordingsWalk walk = new RecordingsWalk(output, files);
        try {
            for (RecordingFiles.File file : files) {
                if (!walk.begin(file) || !replay(file, conformance, report, walk)) {
                    break;
                }
                walk.end();
            }
        } finally {
            walk.finish();
        }
        if (report.isEmpty() && walk.isComplete()) {
            throw BadInput.of("conform", "none of the files is a recording", "give files of the format tce-trace-1");
        }
        return walk.code(report.close(walk.isComplete()));
    }

    /** False if the user has interrupted. */
    private boolean replay(RecordingFiles.File file, HypervisorConformance conformance, HypervisorReport report, RecordingsWalk walk) {
        HypervisorConformance.Result result;
        long start = System.nanoTime();
        try {
            result = conformance.replay(file.path(), differencesMax, walk::goesOn);
        } catch (BadRecording e) {
            walk.note(file.skipped(e));
            return true;
        }
        long nanos = System.nanoTime() - start;
        walk.finish();
        report.add(file.path(), result, nanos);
        if (result.damage().isPresent()) {
            report.close(false);
            throw BadInput.of(new BadRecording(result.damage().get()));
        }
        return result.complete();
    }
}
