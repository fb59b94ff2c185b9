package io.dmalab.testkit;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import io.dmalab.api.observe.LogLine;
import io.dmalab.core.kernel.LogBuffer;
import io.dmalab.core.run.Removal;
import io.dmalab.core.run.RunResult;
import io.dmalab.core.run.Sentences;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractLongAssert;
import org.assertj.core.api.Assertions;

/** Assertions about one run. */
public final class RunResultAssert extends ToldAssert<RunResultAssert, RunResult> {
    RunResultAssert(RunResult actual) {
        super(actual, RunResultAssert.class);
    }

    @Override
    Told tell(Told expectation) {
        return expectation.of(actual);
    }

    // findings

    /** Nothing at all was found, not even what is only noted, such as a late unmap. */
    public RunResultAssert hasNoFinding() {
        isNotNull();
        return expect(actual.findings().isEmpty(), "Expected a run without a finding, but:");
    }

    /** None of these was found. */
    public RunResultAssert hasNoFinding(FindingKind... kinds) {
        isNotNull();
        Set<FindingKind> met = found(kind -> Arrays.asList(kinds).contains(kind));
        return expect(met.isEmpty(), "Expected a run without " + names(List.of(kinds)) + ", but:");
    }

    /** Nothing was found that must never happen; see {@link Grade#FORBIDDEN}. */
    public RunResultAssert hasNoForbiddenFinding() {
        isNotNull();
        return expect(actual.worst() != Grade.FORBIDDEN, "Expected a run without a forbidden finding, but:");
    }

    /** Nothing was found that a maintainer has to look at: what {@code dmalab run} calls clean. */
    public RunResultAssert isClean() {
        isNotNull();
        return expect(actual.clean(), "Expected a clean run, but:");
    }

    /** This was found at least once. */
    public RunResultAssert hasFinding(FindingKind kind) {
        isNotNull();
        return expect(actual.found(kind), "Expected a run that finds " + kind + ", but:");
    }

    /** This was found about something whose description, or the sentence about it, contains the text. */
    public RunResultAssert hasFinding(FindingKind kind, String text) {
        isNotNull();
        boolean met = actual.findings().stream()
                .anyMatch(finding -> finding.kind() == kind && (finding.subject().contains(text) || finding.detail().contains(text)));
        return expect(met, "Expected a run that finds " + kind + " with '" + text + "', but:");
    }

    /** Each of these was found, and nothing else. */
    public RunResultAssert hasFindings(FindingKind... kinds) {
        isNotNull();
        Set<FindingKind> wanted = EnumSet.noneOf(FindingKind.class);
        wanted.addAll(List.of(kinds));
        return expect(found(kind -> true).equals(wanted), "Expected a run that finds exactly " + names(wanted) + ", but:");
    }

    private Set<FindingKind> found(Predicate<FindingKind> which) {
        return actual.findings().stream().map(finding -> finding.kind()).filter(which)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(FindingKind.class)));
    }

    private static String names(Iterable<FindingKind> kinds) {
        StringBuilder names = new StringBuilder();
        kinds.forEach(kind -> names.append(names.isEmpty() ? "" : ", ").append(kind));
        return names.isEmpty() ? "nothing" : names.toString();
    }

    // removals

    /** Something was removed, and every removal returned success. */
    public RunResultAssert removed() {
        isNotNull();
        boolean met = !actual.removals().isEmpty() && actual.removals().stream().allMatch(Removal::removed);
        return expect(met, "Expected every removal to succeed, but:", told -> told.lines(removals()));
    }

    /** Something was removed, and every removal returned success within this virtual time. */
    public RunResultAssert removedWithin(Duration limit) {
        isNotNull();
        boolean met = !actual.removals().isEmpty() && actual.removals().stream()
                .allMatch(removal -> removal.removed() && removal.blockedNanos(actual.virtualNanos()) <= limit.toNanos());
        return expect(met, "Expected every removal to succeed within " + Sentences.seconds(limit.toNanos()) + ", but:",
                told -> told.lines(removals()));
    }

    private List<String> removals() {
        return actual.removals().isEmpty() ? List.of("nothing was to be removed") : actual.removals().stream().map(this::removal).toList();
    }

    private String removal(Removal removal) {
        return String.format(Locale.ROOT, "removal of %s: %s, %s after %s", removal.device(), removal.outcome(),
                removal.endNanos().isPresent() ? "back" : "still blocked",
                Sentences.seconds(removal.blockedNanos(actual.virtualNanos())));
    }

    // counters

    /** So many mappings were live at the end of the run whose device was gone. */
    public RunResultAssert leaks(long mappings) {
        return hasMetric(Metrics.LEAKED_TCES, mappings);
    }

    /** @param name as {@link Metrics} or a plugin has it; one that nothing has counted under is 0 if it is known, else a failure */
    public RunResultAssert hasMetric(String name, long value) {
        isNotNull();
        checkName(name);
        return expect(actual.metric(name) == value, "Expected " + name + " to be " + value + ", but it is " + actual.metric(name) + ":");
    }

    /** Goes on with the value of a counter; failures name the run and its token. */
    public AbstractLongAssert<?> metric(String name) {
        isNotNull();
        checkName(name);
        return Assertions.assertThat(actual.metric(name)).as("%s of %s", name, actual);
    }

    private void checkName(String name) {
        MetricNames.complaint(name, actual.metrics().keySet()).ifPresent(complaint -> expect(false, complaint));
    }

    // log and digest

    /** A line of the kernel log contains the text. */
    public RunResultAssert logContains(String text) {
        return log(line -> line.contains(text), true, "with '" + text + "'");
    }

    /** A part of a line of the kernel log, without its time stamp, matches. */
    public RunResultAssert logContainsPattern(Pattern pattern) {
        return log(line -> pattern.matcher(line).find(), true, "that matches '" + pattern + "'");
    }

    /** No line of the kernel log contains the text. */
    public RunResultAssert logDoesNotContain(String text) {
        return log(line -> line.contains(text), false, "with '" + text + "'");
    }

    private RunResultAssert log(Predicate<String> wanted, boolean there, String what) {
        isNotNull();
        expect(!actual.log().isEmpty(), "The run was asked not to keep its log, or printed nothing:");
        List<LogLine> met = actual.log().stream().filter(line -> wanted.test(line.text())).toList();
        return there ? expect(!met.isEmpty(), "Expected a line " + what + " among the " + actual.log().size() + " of the kernel log, but:")
                : expect(met.isEmpty(), "Expected no line " + what + " in the kernel log, but:",
                        told -> told.lines(met.stream().limit(3).map(LogBuffer::format).toList()));
    }

    /** The whole event stream is the one of that digest. @param digest 16 hex digits, as {@code dmalab run} prints it */
    public RunResultAssert hasDigest(String digest) {
        isNotNull();
        return expect(actual.digestText().equals(digest), "Expected digest " + digest + ", but it is " + actual.digestText() + ":");
    }

    /** Both runs had the same event stream, to the last event. */
    public RunResultAssert hasDigestOf(RunResult other) {
        return hasDigest(other.digestText());
    }
}
