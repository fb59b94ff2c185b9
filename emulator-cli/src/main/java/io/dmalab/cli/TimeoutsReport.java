package io.dmalab.cli;

import io.dmalab.api.timeout.Timeout;
import io.dmalab.core.run.RunRequest;
import io.dmalab.core.run.Sentences;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints timeouts: a picture on a logarithmic axis, each with its source, what does not nest. */
final class TimeoutsReport {
    /** The axis: 1 us to 1000 s. */
    private static final int FIRST_DECADE = 3;
    private static final int DECADES = 9;
    private static final int DECADE_WIDTH = 7;
    private static final int WIDTH = DECADES * DECADE_WIDTH + 1;
    private static final String[] TICKS = {"1us", "10us", "100us", "1ms", "10ms", "100ms", "1s", "10s", "100s", "1000s"};

    private final PrintWriter out;

    TimeoutsReport(PrintWriter out) {
        this.out = out;
    }

    void print(Nesting nesting, RunRequest request) {
        print("timeouts of %s, policy %s, kernel %s, HZ %d%n%n", request.scenario().id(), Colours.bold(request.policyName()),
                request.kernel().id(), request.hz());
        picture(nesting);
        print("%n");
        int label = nesting.timeouts().stream().mapToInt(t -> t.id().length()).max().orElse(0);
        for (Timeout timeout : nesting.timeouts()) {
            String inside = timeout.inside().isEmpty() ? "" : ", to fit into " + String.join(" and ", timeout.inside());
            print("  %s  %s%s%n", timeout.id() + " ".repeat(label - timeout.id().length()), lasts(timeout), inside);
            print("  %s  %s%n", " ".repeat(label), timeout.what());
            print("  %s  %s%n", " ".repeat(label), Colours.faint("source: " + timeout.source()));
        }
        print("%n");
        for (Nesting.Misfit misfit : nesting.misfits()) {
            print("%s: %s can last %s, longer than %s (%s): %s%n", Colours.yellow("warning"), misfit.inner().id(),
                    span(misfit.inner().most()), misfit.outer().id(), span(misfit.outer().least()), misfit.inner().otherwise());
        }
        for (Nesting.Misfit pair : nesting.open()) {
            print("not known: whether %s (%s) fits into %s (%s)%n", pair.inner().id(), lasts(pair.inner()), pair.outer().id(),
                    lasts(pair.outer()));
        }
        if (nesting.misfits().isEmpty()) {
            print("%s%n", nesting.open().isEmpty() ? "every timeout fits into those around it"
                    : "those that are known fit into those around them");
        }
        out.flush();
    }

    private void picture(Nesting nesting) {
        int label = nesting.timeouts().stream().mapToInt(t -> t.id().length()).max().orElse(0);
        StringBuilder axis = new StringBuilder(" ".repeat(label + 4));
        for (String tick : TICKS) {
            axis.append(tick).append(" ".repeat(Math.max(1, DECADE_WIDTH - tick.length())));
        }
        print("%s%n", Colours.faint(axis.toString().stripTrailing()));
        for (Timeout timeout : nesting.timeouts()) {
            boolean late = nesting.misfits().stream().anyMatch(m -> m.inner().equals(timeout));
            print("  %s  %s%s%n", timeout.id() + " ".repeat(label - timeout.id().length()), bar(timeout), late ? "  !" : "");
        }
    }

    /** Filled up to where it lasts at least, dashed up to where it may last. */
    private static String bar(Timeout timeout) {
        if (!timeout.known()) {
            return "?";
        }
        int least = place(timeout.least());
        int most = place(timeout.most());
        String bar = "=".repeat(least) + "-".repeat(most - least) + "|";
        return timeout.most() == Timeout.UNBOUNDED ? "=".repeat(least) + "-".repeat(most - least) + ">" : bar;
    }

    private static int place(long nanos) {
        double decades = StrictMath.log10(Math.max(1, nanos)) - FIRST_DECADE;
        return (int) Math.round(Math.clamp(decades * DECADE_WIDTH, 0, WIDTH));
    }

    private static String lasts(Timeout timeout) {
        if (!timeout.known()) {
            return "not known";
        }
        return timeout.least() == timeout.most() ? span(timeout.most()) : span(timeout.least()) + " to " + span(timeout.most());
    }

    private static String span(long nanos) {
        if (nanos == Timeout.UNBOUNDED) {
            return "for ever";
        }
        // to the millisecond: a poll more or less is what decides
        return nanos < 1_000_000_000L ? Sentences.seconds(nanos) : String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
    }

    static ObjectNode json(Nesting nesting, RunRequest request) {
        ObjectNode node = Json.object("timeouts");
        node.put("scenario", request.scenario().id()).put("policy", request.policyName()).put("kernel", request.kernel().id())
                .put("hz", request.hz());
        ArrayNode timeouts = node.putArray("timeouts");
        for (Timeout timeout : nesting.timeouts()) {
            ObjectNode one = timeouts.addObject().put("id", timeout.id()).put("what", timeout.what()).put("known", timeout.known())
                    .put("unbounded", timeout.most() == Timeout.UNBOUNDED);
            if (timeout.known()) {
                one.put("leastNanos", timeout.least()).put("mostNanos", timeout.most());
            }
            ArrayNode inside = one.putArray("inside");
            timeout.inside().forEach(inside::add);
            one.put("source", timeout.source());
        }
        pairs(node.putArray("warnings"), nesting.misfits());
        pairs(node.putArray("notKnown"), nesting.open());
        return node;
    }

    private static void pairs(ArrayNode array, List<Nesting.Misfit> pairs) {
        pairs.forEach(pair -> array.addObject().put("inner", pair.inner().id()).put("outer", pair.outer().id())
                .put("consequence", pair.inner().otherwise()));
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
