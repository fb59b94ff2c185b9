package io.dmalab.api.observe;

import io.dmalab.api.kernel.FindingKind;
import java.util.List;

/**
 * Something that went wrong, with the first occurrence in full.
 *
 * @param subject     what it concerns
 * @param detail      one sentence
 * @param firstNanos  virtual time of the first occurrence
 * @param occurrences how often it happened
 * @param where       task, CPU and workqueue of the first occurrence, e.g.
 *                    {@code kworker/3:1, CPU 3, workqueue events page_pool_release_retry}
 * @param stacks      for a lifetime finding: accessed by, allocated by, freed by; else the stack of the first occurrence
 */
public record FindingRecord(
        FindingKind kind, String subject, String detail, long firstNanos, long occurrences, String where, List<Stack> stacks) {
    public FindingRecord {
        stacks = List.copyOf(stacks);
    }

    /**
     * A call stack under kernel names, innermost first.
     *
     * @param title e.g. {@code accessed by}
     */
    public record Stack(String title, String task, long timeNanos, List<String> functions) {
        public Stack {
            functions = List.copyOf(functions);
        }
    }
}
