package io.dmalab.platform.pseries.recording;

import io.dmalab.api.guest.BadRecording;
import io.dmalab.api.guest.HypervisorConformance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes every recorded call again on our hypervisor with QEMU's profile, and compares the answers. */
public final class HypervisorReplay implements HypervisorConformance {
    /** Calls after which it is asked whether to go on. */
    private static final int STRETCH = 1024;

    @Override
    public Result replay(Path file, int differencesMax, Watch watch) {
        try (RecordingReader reader = RecordingReader.open(file)) {
            boolean everyWordCounts = "probe".equals(reader.header().get("kind"));
            RecordedHypervisor hypervisor = hypervisor(reader, everyWordCounts);
            Map<String, long[]> operations = new LinkedHashMap<>();
            List<Difference> differences = new ArrayList<>();
            Optional<String> damage = Optional.empty();
            RecordedCall call = new RecordedCall();
            boolean goesOn = true;
            try {
                for (int line = 1; goesOn && reader.next(call); line++) {
                    step(hypervisor, call, operations, differences, differencesMax);
                    goesOn = line % STRETCH != 0 || watch.goesOn(reader.bytesRead());
                }
            } catch (BadRecording e) {
                damage = Optional.of(e.getMessage());
            } catch (IllegalArgumentException e) {
                damage = Optional.of(reader.badLine("no machine can do this (" + e.getMessage() + ")", e).getMessage());
            }
            List<Operation> counts = new ArrayList<>();
            new TreeMap<>(operations).forEach((name, count) -> counts.add(new Operation(name, count[0], count[1])));
            return new Result(counts, differences, damage, goesOn);
        }
    }

    private static RecordedHypervisor hypervisor(RecordingReader reader, boolean everyWordCounts) {
        RecordedMachine machine = RecordedMachine.of(reader);
        try {
            return new RecordedHypervisor(machine, everyWordCounts);
        } catch (IllegalArgumentException e) {
            throw reader.badLine("there is no such machine (" + e.getMessage() + ")", e);
        }
    }

    private static void step(RecordedHypervisor hypervisor, RecordedCall call, Map<String, long[]> operations, List<Difference> differences,
            int differencesMax) {
        if (!call.isCall() && !call.operation().equals("EV_DMA_XLATE")) {
            if (!call.isEffect()) {
                hypervisor.event(call);
            }
            return;
        }
        boolean agrees = hypervisor.answer(call);
        long[] count = operations.computeIfAbsent(name(call), n -> new long[2]);
        count[0]++;
        if (!agrees) {
            count[1]++;
            if (differences.size() < differencesMax) {
                differences.add(new Difference(call.sequence(), call.lineNumber(), RecordedText.call(call), RecordedText.answer(call),
                        hypervisor.given(call), hypervisor.state(call)));
            }
        }
    }

    private static String name(RecordedCall call) {
        return switch (call.operation()) {
            case "RTAS" -> call.call();
            case "EV_DMA_XLATE" -> "device access";
            default -> call.operation();
        };
    }
}
