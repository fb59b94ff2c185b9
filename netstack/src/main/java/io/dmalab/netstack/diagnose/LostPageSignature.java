package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A7, B6, B10 and their like: with CONFIG_DEBUG_VM the page allocator finds a page_pool's magic word in a page that is freed to it (facts:
 * page-pool.md 9, real-world-reports.md A7, B4, B6, B10). Either the page was freed without its pool, or the check is wrong.
 */
public final class LostPageSignature implements Signature {
    private static final String REASON = "page dumped because: page_pool leak";
    /** Reports whose stack may still come, and pages that are told apart. */
    private static final int KEPT = 64;
    private static final int WORDS = 8;

    private final List<String> words = new ArrayList<>();
    private final List<PageDump> dumps = new ArrayList<>();
    private long more;

    @Override
    public void see(LogItem item) {
        switch (item) {
            case Message message -> message(message.place());
            case CallTrace stack when stack.main() -> stack.complaint().ifPresent(head -> began(head, stack));
            case Complaint head -> began(head, null);
            default -> { }
        }
    }

    private void message(Place place) {
        String text = place.text();
        if (text.startsWith("page:")) {
            words.clear();
        } else if (text.startsWith("raw: ")) {
            Stream.of(text.substring("raw: ".length()).split(" ")).filter(w -> w.matches("[0-9a-f]{8}|[0-9a-f]{16}"))
                    .limit(WORDS - words.size()).forEach(words::add);
        } else if (text.equals(REASON)) {
            if (dumps.size() < KEPT) {
                dumps.add(new PageDump(place, words));
            } else {
                more++;
            }
            words.clear();
        }
    }

    private void began(Complaint head, CallTrace stack) {
        if (head.kind() == Complaint.Kind.BAD_PAGE) {
            dumps.reversed().stream().filter(dump -> dump.awaits(head)).findFirst().ifPresent(dump -> dump.begunBy(head, stack));
        }
    }

    @Override
    public List<Diagnosis> diagnoses() {
        List<Diagnosis> diagnoses = new ArrayList<>();
        of(true).ifPresent(d -> diagnoses.add(new FalseAlarmDiagnosis(d, count(true)).make()));
        of(false).ifPresent(d -> diagnoses.add(new LostPageDiagnosis(d, count(false)).make()));
        return diagnoses;
    }

    private Optional<PageDump> of(boolean falseAlarm) {
        return dumps.stream().filter(d -> d.falseAlarm() == falseAlarm).findFirst();
    }

    private long count(boolean falseAlarm) {
        long kept = dumps.stream().filter(d -> d.falseAlarm() == falseAlarm).count();
        // what is beyond the kept ones is taken for what the last of them is
        return kept + (more > 0 && dumps.getLast().falseAlarm() == falseAlarm ? more : 0);
    }
}
