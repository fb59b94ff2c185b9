package io.dmalab.cli;

import io.dmalab.api.guest.HypervisorConformance.Difference;
import io.dmalab.api.guest.HypervisorConformance.Operation;
import io.dmalab.api.guest.HypervisorConformance.Result;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code conform} prints of the hypervisor's side. */
final class HypervisorReport {
    private static final double NANOS = 1e9;

    private final PrintWriter out;
    private final boolean quiet;
    private final Optional<Document> document;
    private final Map<String, Operation> sums = new TreeMap<>();
    private int recordings;
    private long nanos;

    /** @param quiet the sums only */
    HypervisorReport(PrintWriter out, boolean asJson, boolean quiet) {
        this.out = out;
        this.quiet = quiet;
        // made only if it is wanted: its library takes longer to start than many a recording to be gone through
        this.document = asJson ? Optional.of(new Document()) : Optional.empty();
    }

    boolean isEmpty() {
        return recordings == 0;
    }

    void add(Path file, Result result, long newNanos) {
        recordings++;
        nanos += newNanos;
        result.operations().forEach(one -> sums.merge(one.name(), one, HypervisorReport::sum));
        if (document.isPresent()) {
            document.get().add(file, result);
        } else if (!quiet || result.differed() > 0) {
            text(file, result);
        }
    }

    private void text(Path file, Result result) {
        out.println(file);
        table(result.operations());
        for (Difference d : result.differences()) {
            out.printf(Locale.ROOT, "  difference at seq %d, line %d: %s%n", d.sequence(), d.line(), d.call());
            out.printf(Locale.ROOT, "    expected  %s%n    got       %s%n    state     %s%n", d.expected(), d.got(), d.state());
        }
        long more = result.differed() - result.differences().size();
        if (more > 0) {
            out.printf(Locale.ROOT, "  and %,d more; --max-differences shows them%n", more);
        }
        out.println();
        out.flush();
    }

    private void table(Iterable<Operation> operations) {
        Columns columns = new Columns("  ");
        columns.row("operation", "calls", "agreed", "differed");
        operations.forEach(one -> columns.row(one.name(), Columns.number(one.calls()), Columns.number(one.agreed()), Columns.number(one.differed())));
        columns.print(out);
    }

    /** Prints the sums. @param complete every file was gone through @return the exit code: 0 if everything agreed */
    int close(boolean complete) {
        long calls = sums.values().stream().mapToLong(Operation::calls).sum();
        long differed = sums.values().stream().mapToLong(Operation::differed).sum();
        if (document.isPresent()) {
            document.get().print(out, calls, differed, sums.values(), nanos / NANOS, complete);
        } else {
            if (recordings > 1) {
                out.println("all recordings");
                table(sums.values());
                out.println();
            }
            out.printf(Locale.ROOT, "%d recording%s: %s calls, %s agreed, %s differed; %s calls a second%n", recordings,
                    recordings == 1 ? "" : "s", Columns.number(calls), Columns.number(calls - differed), Columns.number(differed),
                    Columns.number(Math.round(calls / (Math.max(1, nanos) / NANOS))));
            out.flush();
        }
        return differed == 0 ? 0 : Main.FINDING;
    }

    private static Operation sum(Operation a, Operation b) {
        return new Operation(a.name(), a.calls() + b.calls(), a.differed() + b.differed());
    }

    /** The same as JSON. */
    private static final class Document {
        private final ObjectNode json = Json.object("conformance");
        private final ArrayNode files = json.putArray("recordings");
        private final Duration before = cpuTime();

        void add(Path file, Result result) {
            ObjectNode node = files.addObject().put("file", file.toString());
            counts(node, result.calls(), result.differed());
            operations(node, result.operations());
            ArrayNode differences = node.putArray("differences");
            result.differences().forEach(d -> differences.addObject().put("seq", d.sequence()).put("line", d.line()).put("call", d.call())
                    .put("expected", d.expected()).put("got", d.got()).put("state", d.state()));
        }

        void print(PrintWriter out, long calls, long differed, Iterable<Operation> sums, double seconds, boolean complete) {
            counts(json, calls, differed);
            operations(json, sums);
            json.put("seconds", seconds).put("cpuSeconds", cpuTime().minus(before).toNanos() / NANOS).put("complete", complete);
            Json.print(out, json);
        }

        /** What this process has used of all processors; zero where the system does not tell. */
        private static Duration cpuTime() {
            return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        }

        private static void counts(ObjectNode node, long calls, long differed) {
            node.put("calls", calls).put("agreed", calls - differed).put("differed", differed);
        }

        private static void operations(ObjectNode node, Iterable<Operation> operations) {
            ArrayNode array = node.putArray("operations");
            operations.forEach(one -> counts(array.addObject().put("name", one.name()), one.calls(), one.differed()));
        }
    }
}
