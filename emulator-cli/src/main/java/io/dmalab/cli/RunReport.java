package io.dmalab.cli;

import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.LogLine;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Sentences;
import java.io.PrintWriter;
import java.util.Locale;

/** Prints one run: the kernel log as dmesg shows it, what was found, the verdict. */
final class RunReport {
    private final Output output;
    private final PrintWriter out;

    RunReport(Output output) {
        this.output = output;
        this.out = output.out();
    }

    void print(RunResult result, String token) {
        if (!output.quiet) {
            result.log().forEach(line -> out.println(dmesg(line)));
            out.println();
        }
        print("scenario  %s, policy %s, kernel %s, HZ %d, kasan %s%n",
                result.scenario(), Colours.bold(result.policy()), result.kernel(), result.hz(), result.kasan() ? "on" : "off");
        result.removals().forEach(r -> removal(r, result));
        print("packets   %,d received, %,d dropped; %d late unmaps, %d failed TCE calls, %d poll rounds%n",
                result.metric(Metrics.RX_PACKETS), result.metric(Metrics.RX_DROPPED), result.metric(Metrics.LATE_UNMAPS),
                result.metric(Metrics.FAILED_TCE_CALLS), result.metric(Metrics.POLL_ROUNDS));
        result.findings().forEach(this::finding);
        print("verdict   %s%n", verdict(result));
        print("seed %d, digest %s, %s after %.3f s of virtual time, %,d events%n", result.seed(), result.digestText(), result.end(),
                result.virtualNanos() / 1e9, result.events());
        print("replay    dmalab replay %s%n", token);
        out.flush();
    }

    private void removal(Removal removal, RunResult result) {
        print("removal   %s: %s, %s after %s; mapped before %d, after %d%n", removal.device(), removal.outcome(),
                removal.endNanos().isPresent() ? "back" : "still blocked",
                Sentences.seconds(removal.blockedNanos(result.virtualNanos())), removal.mappedBefore(), removal.mappedAfter());
        if (removal.directMapped()) {
            print("          %s's streaming mappings bypass the IOMMU tables (RAM is directly mapped): the removal made %d TCE calls"
                    + " and no late unmap can reach a table%n", removal.device(), result.metric(Metrics.REMOVAL_TCE_CALLS));
        }
    }

    private void finding(FindingRecord finding) {
        String head = "%-9s %s: %s (%d x, first at %.6f s)".formatted("finding", finding.kind(), finding.subject(), finding.occurrences(),
                finding.firstNanos() / 1e9);
        print("%s%n          %s%n", finding.kind().grade() == Grade.FORBIDDEN ? Colours.red(head) : Colours.yellow(head), finding.detail());
        if (output.quiet) {
            return;
        }
        for (FindingRecord.Stack stack : finding.stacks()) {
            print("          %s %s at %.6f s: %s%n", stack.title(), stack.task(), stack.timeNanos() / 1e9, String.join(" < ", stack.functions()));
        }
    }

    private static String verdict(RunResult result) {
        return switch (result.worst()) {
            case FORBIDDEN -> Colours.red("FORBIDDEN");
            case INTERESTING -> Colours.yellow("INTERESTING");
            case ACCEPTABLE -> Colours.green("clean");
        };
    }

    /** The kernel's prefix: seconds since boot in five columns, microseconds. */
    static String dmesg(LogLine line) {
        long micros = line.timeNanos() / 1000;
        return String.format(Locale.ROOT, "[%5d.%06d] %s", micros / 1_000_000, micros % 1_000_000, line.text());
    }

    private void print(String format, Object... args) {
        out.printf(Locale.ROOT, format, args);
    }
}
