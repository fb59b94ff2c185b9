package io.dmalab.core.imported;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.device.DeviceDriver;
import io.dmalab.api.recorded.Subject;
import io.dmalab.core.Emulator;
import io.dmalab.core.scenario.BadInput;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Writes the scenario that a recording amounts to: its arrivals, its hold times, its removal. The same recording gives the same bytes. */
public final class RecordedScenario {
    private static final int ETH_HLEN = 14;
    private static final int FRAME_MIN = 60;
    private static final int FRAME_MAX = 65_536;
    private static final long USUAL_FRAME = 1_514;
    private static final long SMALL_PAGE = 4_096;
    private static final int FLOWS_PER_CPU = 16;
    private static final int CHANNELS_MAX = 64;
    private static final long LIMIT_NANOS = 900_000_000_000L;
    private static final long AFTERMATH_NANOS = 600_000_000_000L;
    /** Four significant digits of a hold time: more than the distribution has. */
    private static final long MANTISSA = 10_000;
    private static final int POINTS_PER_LINE = 8;

    private final Emulator emulator;
    private final Recording recording;
    private final ScenarioOptions options;
    private final Population workload;
    private final StringBuilder text = new StringBuilder();

    private RecordedScenario(Emulator emulator, Recording recording, ScenarioOptions options) {
        this.emulator = emulator;
        this.recording = recording;
        this.options = options;
        this.workload = recording.workload(options.owner()).orElseThrow(() -> unknown(recording, options));
    }

    /** The scenario's file. @throws BadInput if the options name what is not there */
    public static String of(Emulator emulator, Recording recording, ScenarioOptions options) {
        return new RecordedScenario(emulator, recording, options).write();
    }

    private static BadInput unknown(Recording recording, ScenarioOptions options) {
        String known = recording.populations().stream().map(Population::owner).filter(owner -> !owner.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new)).stream().collect(Collectors.joining(", "));
        return BadInput.of("--device", "nothing was recorded of '" + options.owner().orElse("") + "'",
                known.isEmpty() ? "leave it out" : "known: " + known);
    }

    private String write() {
        line("scenario: %s", options.name());
        line("summary: recorded %s; %s", thing(), removalInWords());
        story();
        line("page-size: %s", recording.concerned(Subject.MAPPING).filter(p -> p.largest() <= SMALL_PAGE).isPresent() ? "4KiB" : "64KiB");
        line("cpus: %d", Math.max(2, Math.min(4_096, recording.cpus())));
        if (duration() + AFTERMATH_NANOS > LIMIT_NANOS) {
            line("limits: { time: %s }", new Span(duration() + AFTERMATH_NANOS));
        }
        line("devices:");
        line("  - name: %s", device());
        line("    driver: %s", driver());
        traffic();
        holder();
        line("steps:");
        line("  - { at: %s, do: remove, device: %s }", new Span(removalAt()), device());
        return text.toString();
    }

    private void line(String format, Object... args) {
        text.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    // words

    private String thing() {
        return switch (workload.subject()) {
            case PACKET -> "packets";
            case PAGE -> "pages of page_pools, each as one packet";
            case MAPPING -> "mappings, each as one packet";
            case UNNAMED_MAPPING -> "hypercalls, each mapping as one packet";
        };
    }

    private String removalInWords() {
        return recording.removal().map(r -> r.certain() ? "removed as recorded" : "removed when its page_pools were destroyed")
                .orElse("removed at the end, for the recording has no removal");
    }

    private void story() {
        line("story: |");
        line("  Made by 'dmalab import' of a trace of %s. Arrivals are the recorded ones; how long each is held", seconds(recording.end()
                - recording.begin()));
        line("  is drawn from the recorded distribution: %,d ended in the recording, %,d had not ended by its end.",
                workload.holds().ended(), workload.open());
        if (workload.endedUnseen() > 0) {
            line("  Of %,d more the end was not seen; they are left out.", workload.endedUnseen());
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }

    // machine

    private String device() {
        return workload.subject() == Subject.PACKET && workload.owner().matches("[A-Za-z][A-Za-z0-9_.-]{0,14}") ? workload.owner() : "eth0";
    }

    /** With as many channels as CPUs received, and the MTU, if the driver has such options and they are not given. */
    private String driver() {
        List<String> parts = new ArrayList<>(List.of(options.driver().split(",", -1)));
        String id = parts.removeFirst();
        Class<? extends Record> known = emulator.extension(DeviceDriver.class, id).extension().options().orElse(NoOptions.class);
        if (workload.subject() == Subject.PACKET) {
            add(parts, known, "channels", Math.min(CHANNELS_MAX, workload.cpus()));
            add(parts, known, "mtu", options.mtu());
        }
        StringBuilder yaml = new StringBuilder("{ id: ").append(id);
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw BadInput.of("--driver", "'" + part + "' is not an option of the form name=value", "write e.g. " + id + ",rx=256");
            }
            yaml.append(", ").append(part, 0, equals).append(": ").append(part.substring(equals + 1));
        }
        return yaml.append(" }").toString();
    }

    private record NoOptions() {}

    private static void add(List<String> parts, Class<? extends Record> known, String option, int value) {
        RecordComponent found = Arrays.stream(known.getRecordComponents()).filter(c -> c.getName().equals(option)).findFirst().orElse(null);
        boolean given = parts.stream().anyMatch(part -> part.startsWith(option + "="));
        if (found != null && !given && !found.getAnnotation(Option.class).value().equals(Integer.toString(value))) {
            parts.add(option + "=" + value);
        }
    }

    // workload

    private long origin() {
        long first = workload.beginnings().all().getFirst().first();
        return recording.removal().map(r -> Math.min(r.begin(), first)).orElse(first);
    }

    private long duration() {
        return recording.end() - origin();
    }

    private long removalAt() {
        return recording.removal().map(RecordedRemoval::begin).orElse(recording.end()) - origin();
    }

    private void traffic() {
        line("    traffic:");
        line("      id: recorded");
        line("      packet-size: %dB", frame(workload.bytes(), workload.began()));
        line("      flows: %d", FLOWS_PER_CPU * Math.min(CHANNELS_MAX, workload.cpus()));
        line("      # time, size, flow, packets, time from one to the next; packets within %s are one train",
                new Span(workload.beginnings().nearNanos()));
        line("      trace: |");
        long usual = frame(workload.bytes(), workload.began());
        for (Trains.Train train : workload.beginnings().all()) {
            long count = frames(train);
            long size = frame(train.bytes(), train.count());
            String more = count > 1 ? " - " + count + " " + new Span((train.last() - train.first()) / (count - 1)) : "";
            String shown = size != usual ? " " + new ByteSize(size).bytes() + "B" : more.isEmpty() ? "" : " -";
            line("        %s%s%s", new Span(train.first() - origin()), shown, more);
        }
    }

    /** Bytes of a packet on the wire; of one that was merged of several, of each of those. */
    private long frame(long bytes, long count) {
        if (workload.subject() != Subject.PACKET) {
            return USUAL_FRAME;
        }
        long largest = Math.min(FRAME_MAX, options.mtu() + ETH_HLEN);
        return Math.max(FRAME_MIN, Math.min(largest, Math.round((double) bytes / count)));
    }

    private long frames(Trains.Train train) {
        if (workload.subject() != Subject.PACKET) {
            return train.count();
        }
        return Math.max(train.count(), Math.ceilDiv(train.bytes(), options.mtu() + ETH_HLEN));
    }

    // holders

    private void holder() {
        if (workload.ended() == 0) {
            line("# no holders: no end of anything was recorded, so everything is freed at once");
            return;
        }
        line("holders:");
        if (workload.phases().size() > 1) {
            phases();
            return;
        }
        line("  - id: hold");
        line("    share: 1");
        line("    reason: whoever held them in the recording");
        line("    time:");
        line("      quantiles:");
        List<String> points = points(workload.holds(), percent -> "p" + percent + ": ");
        for (int i = 0; i < points.size(); i += POINTS_PER_LINE) {
            String row = String.join(", ", points.subList(i, Math.min(points.size(), i + POINTS_PER_LINE)));
            line("        %s%s%s", i == 0 ? "{ " : "  ", row, i + POINTS_PER_LINE < points.size() ? "," : " }");
        }
    }

    /** Readers take all there is, so what is held at the removal depends on when packets came. */
    private void phases() {
        long first = workload.beginnings().all().getFirst().first();
        line("  - id: recorded-hold");
        line("    share: 1");
        line("    reason: whoever held them in the recording");
        line("    # a line for packets that came from that time on: percent of them, and the time that they were not held longer");
        line("    times: |");
        for (Phases.Phase phase : workload.phases()) {
            Span from = new Span(Math.max(0, phase.start() - first));
            line("      %s %s", from, String.join(" ", points(phase.holds(), percent -> percent + ":")));
        }
    }

    private static List<String> points(HoldDistribution holds, UnaryOperator<String> head) {
        List<Double> percents = HoldQuantiles.percents(holds);
        List<Span> spans = percents.stream().map(percent -> span(holds.quantile(percent))).toList();
        List<String> points = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            // what lies between two that are the same need not be said
            boolean inner = i > 0 && i < spans.size() - 1;
            if (!inner || !spans.get(i).equals(spans.get(i - 1)) || !spans.get(i).equals(spans.get(i + 1))) {
                points.add(head.apply(HoldQuantiles.plain(percents.get(i))) + spans.get(i));
            }
        }
        return points;
    }

    private static Span span(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            return Span.FOREVER;
        }
        long unit = 1;
        while (nanos / unit >= MANTISSA) {
            unit *= 10;
        }
        return new Span(Math.round((double) nanos / unit) * unit);
    }
}
