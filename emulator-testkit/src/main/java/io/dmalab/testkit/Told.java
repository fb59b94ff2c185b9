package io.dmalab.testkit;

import io.dmalab.api.observe.FindingRecord;
import io.dmalab.core.run.Exploration;
import io.dmalab.core.run.FindingText;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Violation;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What the message of a failed assertion tells of what was looked at. */
final class Told {
    private final StringBuilder text = new StringBuilder();

    /** @param expectation what was not the case */
    Told(String expectation) {
        line("%s", expectation);
    }

    private void line(String format, Object... args) {
        text.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    /** Which run it was, what was found in it, worst first, and how to see it again. */
    Told of(RunResult result) {
        line("  %s, policy %s, kernel %s, seed %d", result.scenario(), result.policy(), result.kernel(), result.seed());
        if (result.findings().isEmpty()) {
            line("  nothing found");
        }
        result.findings().stream().sorted(Comparator.comparing((FindingRecord f) -> f.kind().grade())).forEach(this::finding);
        result.token().ifPresent(token -> line("  dmalab replay %s", token));
        return this;
    }

    private void finding(FindingRecord finding) {
        line("  %s", FindingText.head(finding, finding.occurrences()));
        line("    %s", finding.detail());
        for (FindingRecord.Stack stack : finding.stacks()) {
            line("    %s", FindingText.title(stack));
            FindingText.lines(stack).forEach(functions -> line("      %s", functions));
        }
    }

    /** What the interleavings came to; each violation with its diagram, and how to see it again. */
    Told of(Exploration exploration) {
        line("  %s, policy %s: %s after %,d executions", exploration.scenario(), exploration.policy(), exploration.verdict(),
                exploration.executions());
        if (!exploration.missing().isEmpty()) {
            line("  not seen: %s", exploration.missing());
        }
        for (Violation violation : exploration.violations()) {
            line("  %s: %s", violation.finding().kind(), violation.finding().subject());
            line("    %s", violation.finding().detail());
            line("");
            exploration.diagram(violation).forEach(row -> line("%s", row.isEmpty() ? "" : "    " + row));
            line("");
            violation.token().ifPresent(token -> line("  dmalab replay %s", token));
        }
        return this;
    }

    Told lines(List<String> more) {
        more.forEach(one -> line("  %s", one));
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
