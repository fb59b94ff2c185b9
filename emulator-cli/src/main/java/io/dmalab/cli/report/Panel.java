package io.dmalab.cli.report;

import io.dmalab.core.life.MappingCount;
import io.dmalab.core.life.MappingTimeline;
import io.dmalab.core.life.MappingTimeline.Milestone;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Sentences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One run's removal: live mappings over time to scale, and once more with the removal's phases side by side, since all of them but one may
 * pass within milliseconds. Everything comes from the run's own event stream.
 */
final class Panel {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 260;
    private static final int POINTS = 240;
    private static final int ROWS = 24;
    /** Points within a phase. */
    private static final int STEPS = 16;

    private final String id;
    private final RunResult result;
    private final Removal removal;
    private final MappingCount mappings;
    private final List<Milestone> phases;
    private final long end;

    private Panel(String id, RunResult result, MappingTimeline timeline, Removal removal, long end) {
        this.id = id;
        this.result = result;
        this.removal = removal;
        this.mappings = timeline.of(removal.device());
        this.phases = new ArrayList<>(timeline.milestonesSince(removal.startNanos()));
        phases.add(0, new Milestone(removal.startNanos(), "removal commanded", ""));
        removal.endNanos().ifPresent(time -> phases.add(new Milestone(time, "command returned: " + removal.outcome(), "")));
        if (mappings.lastChange() > removal.startNanos() && mappings.at(Long.MAX_VALUE) == 0) {
            phases.add(new Milestone(mappings.lastChange(), "last mapping gone", ""));
        }
        phases.sort(Comparator.comparingLong(Milestone::timeNanos));
        this.end = end;
    }

    /** When nothing of interest happens any more: the command has returned and the mappings have changed for the last time. */
    static long end(RunResult result, MappingTimeline timeline) {
        Removal removal = result.removals().getFirst();
        return Math.max(removal.endNanos().orElse(result.virtualNanos()), timeline.of(removal.device()).lastChange());
    }

    /** @param id unique in the page @param end virtual time up to which the panel goes, the same for all that stand side by side */
    static void write(Markup page, String id, RunResult result, MappingTimeline timeline, long end) {
        if (result.removals().isEmpty()) {
            page.leaf("p", "Nothing was removed in this run.");
            return;
        }
        Panel panel = new Panel(id, result, timeline, result.removals().getFirst(), end);
        page.open("div", "class", "pair");
        panel.toScale().write(page);
        panel.byPhase().write(page);
        page.close();
    }

    private Figure toScale() {
        long start = Math.max(0, removal.startNanos() - (end - removal.startNanos()) / 10);
        List<Object> times = new ArrayList<>();
        List<Object> counts = new ArrayList<>();
        for (int i = 0; i <= POINTS; i++) {
            long time = start + (end - start) / POINTS * i;
            times.add(seconds(time));
            counts.add((double) mappings.at(time));
        }
        long back = removal.endNanos().orElse(end);
        double top = Math.max(1, mappings.most(start, end));
        Spec spec = new Spec()
                .layer("rect", Map.of(), Map.of(), "xmin", seconds(removal.startNanos()), "xmax", seconds(back), "ymin", 0.0, "ymax",
                        top * 1.05, "fill", Plot.BAND, "size", 0.0, "alpha", 1.0)
                .layer("step", Spec.of("t", times, "n", counts), Spec.of("x", "t", "y", "n"), "color", Plot.FOREGROUND, "size", 1.2)
                .layer("vline", Map.of(), Map.of(), "xintercept", seconds(removal.startNanos()), "color", Plot.MARK, "size", 0.7)
                .layer("vline", Map.of(), Map.of(), "xintercept", seconds(back), "color", Plot.MARK, "size", 0.7, "linetype", "dashed")
                .scale("x", "name", "seconds since the removal was commanded", "limits", List.of(seconds(start), seconds(end)))
                .scale("y", "name", "live mappings", "limits", List.of(0.0, top * 1.05));
        String title = "Live mappings of " + removal.device() + " over time, policy " + result.policy();
        String text = String.format(Locale.ROOT,
                "%d when the removal was commanded, %d when the command %s after %s; %d when the run ended.",
                mappings.at(removal.startNanos()), mappings.at(back), removal.endNanos().isPresent() ? "returned" : "was given up on",
                Sentences.seconds(removal.blockedNanos(result.virtualNanos())), mappings.at(Long.MAX_VALUE));
        Table table = Table.of(title, "seconds since the command", "live mappings");
        for (int i = 0; i <= ROWS; i++) {
            long time = start + (end - start) / ROWS * i;
            table = table.row(String.format(Locale.ROOT, "%.3f", seconds(time)), Integer.toString(mappings.at(time)));
        }
        return new Figure(Plot.of(id + "-scale", title, text, spec, WIDTH, HEIGHT),
                "To scale; shaded while the command had not returned. " + text, table);
    }

    private Figure byPhase() {
        List<Object> places = new ArrayList<>();
        List<Object> counts = new ArrayList<>();
        List<Object> breaks = new ArrayList<>();
        List<Object> labels = new ArrayList<>();
        Table table = Table.of("Phases of the removal of " + removal.device() + ", policy " + result.policy(), "phase", "since the command",
                "what", "live mappings");
        double place = 0;
        for (int i = 0; i < phases.size(); i++) {
            Milestone phase = phases.get(i);
            long next = i + 1 < phases.size() ? phases.get(i + 1).timeNanos() : phase.timeNanos();
            double width = width(next - phase.timeNanos());
            breaks.add(place);
            labels.add(Integer.toString(i + 1));
            for (int step = 0; step <= STEPS; step++) {
                places.add(place + width * step / STEPS);
                counts.add((double) mappings.at(phase.timeNanos() + (next - phase.timeNanos()) * step / STEPS));
            }
            place += width;
            table = table.row(Integer.toString(i + 1), Sentences.seconds(phase.timeNanos() - removal.startNanos()), phase.text(),
                    Integer.toString(mappings.at(phase.timeNanos())));
        }
        Spec spec = new Spec()
                .layer("vline", Spec.of("x", breaks), Spec.of("xintercept", "x"), "color", Plot.MARK, "size", 0.4, "linetype", "dashed")
                .layer("step", Spec.of("t", places, "n", counts), Spec.of("x", "t", "y", "n"), "color", Plot.FOREGROUND, "size", 1.2)
                .scale("x", "name", "phase", "breaks", breaks, "labels", labels)
                .scale("y", "name", "live mappings", "limits", List.of(0.0, Math.max(1.0, mappings.most(removal.startNanos(),
                end)) * 1.05));
        String title = "Live mappings of " + removal.device() + " by phase of the removal, policy " + result.policy();
        String text = phases.size() + " phases, in order of time; the longer one took the wider it is, but not in proportion.";
        return new Figure(Plot.of(id + "-phase", title, text, spec, WIDTH, HEIGHT),
                "By phase, not to scale: the numbers are those of the table.",
                table);
    }

    /** Of a phase: 1 for a moment, 1 more for each time it lasts ten times as long as a millisecond. */
    private static double width(long nanos) {
        return 1 + (nanos <= 1_000_000 ? 0 : StrictMath.log10(nanos / 1e6));
    }

    private double seconds(long nanos) {
        return (nanos - removal.startNanos()) / 1e9;
    }
}
