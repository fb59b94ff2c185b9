package io.dmalab.platform.pseries.diagnose;

import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.diagnose.TraceEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A1, the seed's failure: a TCE is freed after its window and its table went (facts: real-world-reports.md A1; of a memory provider it is
 * A6). Sees the hypervisor's
 * refusal, KASAN's report or the oops behind it, the warning that precedes it, and the same in ftrace text.
 */
public final class LateTceSignature implements Signature {
    /** Blocks whose stack is still to come. */
    private static final int OPEN = 4;
    private static final int LIOBNS = 64;
    /** Lines from the first one of a cut block to its stack, with some of others between. */
    private static final int REST = 40;
    private static final Pattern SUPPRESSED = Pattern.compile("tce_\\w+: (\\d{1,9}) callbacks suppressed");
    private static final String UNEXPECTED = "iommu_table_free: Unexpected TCEs";
    private static final String WAITS = UNEXPECTED + ", wait for 50ms";
    private static final String GAVE_UP = "iommu_table_free: TCEs still mapped even after 120 seconds";

    final TreeMap<Long, KnownWindow> windows = new TreeMap<>();
    final StaleTable stale = new StaleTable();
    final TceTrace trace = new TceTrace();
    final TreeMap<Long, Long> liobns = new TreeMap<>();
    final List<Place> suppressions = new ArrayList<>();
    private final Deque<TceBlock> open = new ArrayDeque<>();
    private TceBlock rest;
    TceBlock first;
    Place last;
    long blocks;
    long suppressed;
    long fromPool;
    long fromWorker;
    long traced;
    Place freedInUse;
    Place waited;
    long waits;
    Place gaveUp;
    boolean bond;

    @Override
    public void see(LogItem item) {
        switch (item) {
            case Message message -> message(message.place());
            case CallTrace stack -> stack(stack);
            case TraceEvent event -> trace.see(event);
            case Complaint complaint -> { }
        }
    }

    private void message(Place place) {
        String text = place.text();
        TceBlock block = TceBlock.begins(place);
        if (block != null) {
            begin(block);
            return;
        }
        if (!open.isEmpty()) {
            open.getLast().line(place);
        } else if (blocks == 0 && TceBlock.isField(place)) {
            rest = rest == null || place.line() - rest.head.line() > REST ? TceBlock.rest(place) : rest;
            rest.line(place);
        }
        if (text.startsWith("tce_")) {
            suppressed(place);
        } else if (text.equals(UNEXPECTED)) {
            freedInUse = freedInUse == null ? place : freedInUse;
        } else if (text.equals(WAITS)) {
            waits++;
            waited = waited == null ? place : waited;
        } else if (text.equals(GAVE_UP)) {
            gaveUp = gaveUp == null ? place : gaveUp;
        } else if (text.contains("ibm,create-pe-dma-window(")) {
            KnownWindow window = KnownWindow.parse(place);
            if (window != null && (windows.size() < LIOBNS || windows.containsKey(window.liobn()))) {
                windows.put(window.liobn(), window);
            }
        } else if (text.startsWith("bond")) {
            bond |= text.matches("bond\\w*: .*");
        }
    }

    private void suppressed(Place place) {
        Matcher matcher = SUPPRESSED.matcher(place.text());
        if (matcher.matches()) {
            suppressed += Long.parseLong(matcher.group(1));
            if (suppressions.size() < 2) {
                suppressions.add(place);
            }
        }
    }

    private void begin(TceBlock block) {
        settle();
        open.add(block);
    }

    /** The fields of a block are complete when the next one begins; its stack may still come. */
    private void settle() {
        if (open.size() >= OPEN) {
            count(open.removeFirst());
        }
    }

    private void stack(CallTrace stack) {
        if (stale.see(stack) || !stack.main() || stack.complaint().isPresent() || !stack.hasPrefix("tce_free")) {
            return;
        }
        TceBlock block = null;
        for (TceBlock candidate : open) {
            if (candidate.head.line() < stack.place().line() && candidate.trace == null) {
                block = candidate;
            }
        }
        if (block == null) {
            withoutHead(stack);
            return;
        }
        while (open.peekFirst() != block) {
            count(open.removeFirst());
        }
        open.removeFirst();
        block.stack(stack);
        count(block);
    }

    /** A log that begins in the middle of a block. */
    private void withoutHead(CallTrace stack) {
        if (blocks == 0 && open.isEmpty()) {
            TceBlock block = rest != null && stack.place().line() - rest.head.line() <= REST ? rest : TceBlock.rest(stack.place());
            block.stack(stack);
            count(block);
        }
    }

    private void count(TceBlock block) {
        if (!block.refused()) {
            return;
        }
        blocks++;
        last = block.head;
        first = first == null ? block : first;
        if (block.trace != null) {
            traced++;
            fromPool += block.trace.hasPrefix("page_pool_") ? 1 : 0;
            fromWorker += block.trace.has("page_pool_release_retry") ? 1 : 0;
        }
        Long liobn = block.value("index");
        if (liobn != null && (liobns.size() < LIOBNS || liobns.containsKey(liobn))) {
            liobns.merge(liobn, 1L, Long::sum);
        }
    }

    @Override
    public List<Diagnosis> diagnoses() {
        while (!open.isEmpty()) {
            count(open.removeFirst());
        }
        boolean seen = blocks > 0 || stale.found() || trace.found() || freedInUse != null || gaveUp != null;
        return seen ? List.of(new LateTceDiagnosis(this).make()) : List.of();
    }
}
