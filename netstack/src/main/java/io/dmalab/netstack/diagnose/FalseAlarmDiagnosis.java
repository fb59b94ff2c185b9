package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Certainty;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Diagnosis.Nature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts into words that the check for pool pages took an ordinary page for one (A7). */
final class FalseAlarmDiagnosis {
    private final PageDump dump;
    private final long count;

    /** @param count such reports in the log, of which {@code dump} is the first */
    FalseAlarmDiagnosis(PageDump dump, long count) {
        this.dump = dump;
        this.count = count;
    }

    Diagnosis make() {
        return new Diagnosis("A7", "an ordinary page is taken for a page_pool's (32-bit kernel)", Nature.FALSE_ALARM, Certainty.CERTAIN,
                dump.emptyList() ? "the word that passes for a pool's signature is the head of an empty list"
                        : "the word passes for a pool's signature before any pool can exist", dump.evidence(), fields(), readings(),
                "None: no pool has a part in it. The fix that tracks mappings keeps their ids in spare bits of the signature, and on 32 bits too few "
                + "are left to tell it from a kernel address.", advice(), List.of(Moment.at(dump.place, "ordinary page refused as a pool's")));
    }

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        if (!dump.process().isEmpty()) {
            fields.add(new Field("process", dump.process(), dump.boot() ? "boot: the allocator is given its first pages" : "freed the page"));
            fields.add(new Field("pfn", "0x" + dump.frame(), "the page's frame number"));
        }
        fields.add(new Field("pp_magic", dump.magic(), String.format(Locale.ROOT, "& 0x%x = 0x40, the signature; but bits that the mask leaves out, "
                + "where a mapping's id would be, hold 0x%x", PageDump.NARROW_MASK, dump.mappingId())));
        if (dump.emptyList()) {
            fields.add(new Field("pp", dump.pool(), "the same: a list head that points to itself, not a pool"));
        }
        if (dump.trace() != null) {
            fields.addAll(dump.trace().task().fields());
        }
        return fields;
    }

    private List<String> readings() {
        return count > 1 ? List.of(count + " such pages are in the log.") : List.of();
    }

    private static Advice advice() {
        return new Advice(List.of(), List.of("Repaired by \"page_pool: Fix PP_MAGIC_MASK to avoid crashing on some 32-bit arches\" (Sep 2025): the ids "
                + "get as many bits as kernel addresses leave, and where that is less than 8 mappings are not tracked. Such a kernel has the late unmaps "
                + "of before 6.16 again.",
                "dmalab's kernels are 64-bit: no scenario shows it."), Optional.empty());
    }
}
