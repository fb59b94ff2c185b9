package io.dmalab.cli;

import io.dmalab.core.life.InFlight;
import io.dmalab.core.life.LifeStory;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Sentences;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints life stories and what is in flight. */
final class LifeReport {
    private static final int PAGES_SHOWN = 6;
    private static final int FRAMES_SHOWN = 9;
    /** Changes of hands that are shown, at both ends: pages that are shared go through hundreds. */
    private static final int HANDS_SHOWN = 5;

    private final PrintWriter out;
    private final RunResult result;

    LifeReport(PrintWriter out, RunResult result) {
        this.out = out;
        this.result = result;
    }

    void story(LifeStory story) {
        print("%s in %s, policy %s, seed %d%n%n", Colours.bold("The life of " + story.subject()), result.scenario(), result.policy(),
                result.seed());
        long hands = story.entries().stream().filter(e -> e.kind() == LifeStory.Kind.HANDED).count();
        int hand = 0;
        for (LifeStory.Entry entry : story.entries()) {
            boolean handed = entry.kind() == LifeStory.Kind.HANDED;
            boolean hidden = handed && hands > 2 * HANDS_SHOWN + 1 && hand >= HANDS_SHOWN && hand < hands - HANDS_SHOWN;
            if (hidden && hand == HANDS_SHOWN) {
                print("  %14s  ... %,d more changes of hands, all of them with --json ...%n", "", hands - 2 * HANDS_SHOWN);
            } else if (!hidden) {
                entry(entry);
            }
            hand += handed ? 1 : 0;
        }
        if (story.livesOn()) {
            print("  %12.6f s  the run ends (%s), and it is still there%n", result.virtualNanos() / 1e9, result.end());
        }
        print("%nsteps of the removal are marked with |; digest %s%n", result.digestText());
        out.flush();
    }

    private void entry(LifeStory.Entry entry) {
        String mark = entry.kind() == LifeStory.Kind.STEP ? "| " : "";
        String times = entry.times() == 1 ? "" : String.format(Locale.ROOT, " (%,d x)", entry.times());
        String what = mark + entry.what() + times;
        String by = entry.by().isEmpty() ? "" : ", by " + entry.by();
        print("  %12.6f s  %s%s%n", entry.timeNanos() / 1e9, coloured(entry, what), by);
        if (!entry.stack().isEmpty()) {
            String more = entry.stack().size() > FRAMES_SHOWN ? " < ..." : "";
            print("  %14s    %s%n", "", Colours.faint(entry.stack().stream().limit(FRAMES_SHOWN).collect(Collectors.joining(" < "))
                    + more));
        }
    }

    private static String coloured(LifeStory.Entry entry, String text) {
        return switch (entry.kind()) {
            case STALE -> Colours.red(text);
            case STEP -> Colours.faint(text);
            case ENDED -> entry.what().contains("LATE") ? Colours.yellow(text) : text;
            default -> text;
        };
    }

    void inFlight(InFlight moment) {
        long at = Math.min(moment.momentNanos(), result.virtualNanos());
        List<InFlight.Holding> holdings = moment.holdings();
        print("%s in %s, policy %s, seed %d: %,d mapping%s%n", Colours.bold(String.format(Locale.ROOT, "In flight at %.6f s", at / 1e9)),
                result.scenario(), result.policy(), result.seed(), moment.mappings(),
                moment.mappings() == 1 ? "" : "s");
        if (moment.momentNanos() > result.virtualNanos()) {
            print("(the run ended then: %s)%n", result.end());
        }
        print("%n");
        Columns columns = new Columns("  ");
        columns.row("mappings", "shared", "kind", "oldest", "holder", "pages, oldest first");
        for (InFlight.Holding holding : holdings) {
            String pages = holding.pages().stream().limit(PAGES_SHOWN).map(Object::toString).collect(Collectors.joining(" "));
            columns.row(Columns.number(holding.pages().size()), Columns.number(holding.shared()), holding.streaming() ? "streaming"
                    : "coherent",
                    Sentences.seconds(at - holding.oldestNanos()), holding.holder(), holding.pages().size() > PAGES_SHOWN ? pages
                    + " ..." : pages);
        }
        if (!holdings.isEmpty()) {
            columns.print(out);
        }
        print("%n%sdigest %s%n", holdings.stream().anyMatch(h -> h.shared() > 0)
                ? "a mapping whose page several have counts with each of them; " : "", result.digestText());
        out.flush();
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
