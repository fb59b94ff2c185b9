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
        for (RecordingFiles.File file : files) {
            HypervisorConformance.Result result;
            long start = System.nanoTime();
            try {
                result = conformance.replay(file.path(), differencesMax);
            } catch (BadRecording e) {
                output.err().println("dmalab: " + file.skipped(e));
                output.err().flush();
                continue;
            }
            report.add(file.path(), result, System.nanoTime() - start);
            if (result.damage().isPresent()) {
                report.close();
                throw BadInput.of(new BadRecording(result.damage().get()));
            }
        }
        if (report.isEmpty()) {
            throw BadInput.of("conform", "none of the files is a recording", "give files of the format tce-trace-1");
        }
        return report.close();
    }
}
