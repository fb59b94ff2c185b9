package io.dmalab.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code conform --guest} prints. */
final class GuestReport {
    private final PrintWriter out;
    private final boolean quiet;
    private final ObjectNode json = Json.object("guest-conformance");
    private final ArrayNode files = json.putArray("recordings");
    private int recordings;
    private long calls;
    private long agreed;
    private long differed;
    private long extra;
    private long carried;

    /** @param quiet the sums only */
    GuestReport(PrintWriter out, boolean quiet) {
        this.out = out;
        this.quiet = quiet;
    }

    /** @param digest of the run; empty if it was interrupted, and then {@code found} is what was known */
    void add(Path file, String kernel, Optional<String> digest, GuestFindings found, boolean asJson) {
        recordings++;
        calls += found.calls();
        agreed += found.agreed();
        differed += found.differed();
        extra += found.extra();
        carried += found.carried();
        if (asJson) {
            json(files.addObject().put("file", file.toString()).put("kernel", kernel), digest, found);
        } else if (!quiet || !found.allAgreed()) {
            text(file, kernel, digest.isPresent(), found);
        }
    }

    private void text(Path file, String kernel, boolean complete, GuestFindings found) {
        out.printf(Locale.ROOT, "%s, as kernel %s%s%n", file, kernel, complete ? "" : ", interrupted");
        Columns columns = new Columns("  ");
        columns.row("phase", "calls", "agreed", "differed", "ours only");
        found.phases().forEach(p -> columns.row(p.name(), Columns.number(p.calls()), Columns.number(p.agreed()), Columns.number(p.differed()), Columns.number(p.extra())));
        columns.print(out);
        counts("  carried out as recorded: ", found.carriedOut());
        counts("  taken from the recording: ", found.choices());
        for (GuestFindings.Difference d : found.differences()) {
            out.printf(Locale.ROOT, "  difference in %s at seq %d%n", d.phase(), d.seq());
            out.printf(Locale.ROOT, "    recorded  %s%n    guest     %s%n    state     %s%n", d.recorded(), d.guest(), d.state());
        }
        long more = found.differed() + found.extra() - found.differences().size();
        if (more > 0) {
            out.printf(Locale.ROOT, "  and %s more; --max-differences shows them%n", Columns.number(more));
        }
        out.println();
        out.flush();
    }

    private void counts(String title, List<GuestFindings.Count> counts) {
        String before = title;
        for (GuestFindings.Count count : counts) {
            out.printf(Locale.ROOT, "%s%s x %s%n", before, Columns.number(count.count()), count.what());
            before = " ".repeat(title.length());
        }
    }

    private static void json(ObjectNode node, Optional<String> digest, GuestFindings found) {
        digest.ifPresent(text -> node.put("digest", text));
        node.put("complete", digest.isPresent()).put("calls", found.calls()).put("agreed", found.agreed());
        node.put("differed", found.differed()).put("oursOnly", found.extra()).put("carriedOut", found.carried());
        ArrayNode phases = node.putArray("phases");
        found.phases().forEach(p -> phases.addObject().put("name", p.name()).put("calls", p.calls()).put("agreed", p.agreed())
                .put("differed", p.differed()).put("oursOnly", p.extra()));
        ArrayNode carried = node.putArray("carriedOutAsRecorded");
        found.carriedOut().forEach(c -> carried.addObject().put("whose", c.what()).put("calls", c.count()));
        ArrayNode choices = node.putArray("takenFromRecording");
        found.choices().forEach(c -> choices.addObject().put("choice", c.what()).put("count", c.count()));
        ArrayNode differences = node.putArray("differences");
        found.differences().forEach(d -> differences.addObject().put("seq", d.seq()).put("phase", d.phase()).put("recorded", d.recorded())
                .put("guest", d.guest()).put("state", d.state()));
    }

    /** Prints the sums. @param complete every file was gone through @return the exit code: 0 if everything agreed */
    int close(boolean asJson, boolean complete) {
        if (asJson) {
            json.put("calls", calls).put("agreed", agreed).put("differed", differed).put("oursOnly", extra).put("carriedOut", carried);
            json.put("complete", complete);
            Json.print(out, json);
        } else {
            out.printf(Locale.ROOT, "%d recording%s: %s calls compared, %s agreed, %s differed, %s ours only; ", recordings,
                    recordings == 1 ? "" : "s", Columns.number(calls), Columns.number(agreed), Columns.number(differed), Columns.number(extra));
            out.printf(Locale.ROOT, "%s carried out as recorded%n", Columns.number(carried));
            out.flush();
        }
        return differed + extra == 0 ? 0 : Main.FINDING;
    }
}
