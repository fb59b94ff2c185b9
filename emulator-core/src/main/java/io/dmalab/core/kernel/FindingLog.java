package io.dmalab.core.kernel;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Findings;
import io.dmalab.api.observe.FindingRecord;
import io.dmalab.api.observe.FindingRecord.Stack;
import io.dmalab.api.observe.Observer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What went wrong in one run, in order of first occurrence; equal ones are counted, the first is kept in full. */
public final class FindingLog implements Findings {
    private final SimScheduler sched;
    private final TraceLog trace;
    private final List<Observer> observers = new ArrayList<>();
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    /** @param function innermost function where that tells findings of one subject apart, else empty */
    private record Key(FindingKind kind, String subject, String function) {}

    private static final class Entry {
        final FindingRecord first;
        long occurrences = 1;

        Entry(FindingRecord first) {
            this.first = first;
        }
    }

    FindingLog(KernelConfig config, SimScheduler sched, TraceLog trace) {
        this.sched = sched;
        this.trace = trace;
        observers.addAll(config.observers());
    }

    void observe(Observer observer) {
        observers.add(observer);
    }

    @Override
    public void report(FindingKind kind, String subject, String detail) {
        report(kind, subject, () -> detail);
    }

    @Override
    public void report(FindingKind kind, String subject, Supplier<String> detail) {
        if (again(kind, subject, "")) {
            return;
        }
        Context context = sched.current;
        // of an execution that nobody is told about only what is looked for is put in words
        boolean told = sched.controller == null || sched.controller.tells(kind);
        Stack stack = new Stack("reported by", context.name(), sched.now(), StackTraces.names(sched.stack()));
        report(kind, subject, "", told ? detail.get() : "", context.where(), List.of(stack));
    }

    /** Counts an occurrence of a finding that is known already; false if it is not. */
    boolean again(FindingKind kind, String subject, String function) {
        Entry known = entries.get(new Key(kind, subject, function));
        if (known == null) {
            return false;
        }
        known.occurrences++;
        trace.mixFinding(kind, subject);
        return true;
    }

    /** Reports with everything given; true if it is a new finding. */
    boolean report(FindingKind kind, String subject, String function, String detail, String where, List<Stack> stacks) {
        if (again(kind, subject, function)) {
            return false;
        }
        FindingRecord finding = new FindingRecord(kind, subject, detail, sched.now(), 1, where, stacks);
        entries.put(new Key(kind, subject, function), new Entry(finding));
        if (sched.controller != null) {
            sched.controller.finding(kind);
        }
        trace.mixFinding(kind, subject);
        for (Observer observer : observers) {
            observer.finding(finding);
        }
        return true;
    }

    /** All findings with their final counts. */
    public List<FindingRecord> records() {
        List<FindingRecord> records = new ArrayList<>();
        for (Entry entry : entries.values()) {
            FindingRecord f = entry.first;
            records.add(new FindingRecord(f.kind(), f.subject(), f.detail(), f.firstNanos(), entry.occurrences, f.where(), f.stacks()));
        }
        return records;
    }
}
