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
    @Override
    public Result replay(Path file, int differencesMax) {
        try (RecordingReader reader = RecordingReader.open(file)) {
            boolean everyWordCounts = "probe".equals(reader.header().get("kind"));
            RecordedHypervisor hypervisor = new RecordedHypervisor(RecordedMachine.of(reader), everyWordCounts);
            Map<String, long[]> operations = new LinkedHashMap<>();
            List<Difference> differences = new ArrayList<>();
            Optional<String> damage = Optional.empty();
            RecordedCall call = new RecordedCall();
            try {
                while (reader.next(call)) {
                    step(hypervisor, call, operations, differences, differencesMax);
                }
            } catch (BadRecording e) {
                damage = Optional.of(e.getMessage());
            }
            List<Operation> counts = new ArrayList<>();
            new TreeMap<>(operations).forEach((name, count) -> counts.add(new Operation(name, count[0], count[1])));
            return new Result(counts, differences, damage);
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
