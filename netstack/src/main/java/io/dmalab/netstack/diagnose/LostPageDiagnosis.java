package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Certainty;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Diagnosis.Nature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts into words that a pool's page was freed without its pool. */
final class LostPageDiagnosis {
    private static final int CALLERS = 5;
    private static final String LIBREQOS = "lqosd";

    private final PageDump dump;
    private final long count;

    /** @param count such reports in the log, of which {@code dump} is the first */
    LostPageDiagnosis(PageDump dump, long count) {
        this.dump = dump;
        this.count = count;
    }

    Diagnosis make() {
        return new Diagnosis(report(), "a page of a page_pool was freed without its pool", Nature.LOST_PAGE,
                dump.certain() ? Certainty.CERTAIN : Certainty.LIKELY, "the page allocator finds the pool's signature in a page that is freed to it"
                        + (dump.certain() ? "" : "; on 32 bits an ordinary page can look so (A7), and the log does not tell"), dump.evidence(), fields(), readings(),
                "pool hands out the page -> the page is freed like any other. Missing: its return to the pool, where its mapping ends and the pool's "
                + "count goes down.", advice(), List.of(Moment.at(dump.place, "page freed without its pool")));
    }

    /** The collected report it is like, by who freed the page. */
    private String report() {
        if (calls("veth_xdp") || calls("bpf_xdp_")) {
            return "B6";
        }
        if (calls("mlx5e_")) {
            return "B10";
        }
        return dump.process().equals(LIBREQOS) ? "B4" : "B";
    }

    private boolean calls(String prefix) {
        return dump.freedBy().stream().anyMatch(f -> f.startsWith(prefix));
    }

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        if (!dump.process().isEmpty()) {
            fields.add(new Field("process", dump.process(), "ran when the page was freed; a softirq may have run on top of it"));
            fields.add(new Field("pfn", "0x" + dump.frame(), "the page's frame number"));
        }
        if (!dump.magic().isEmpty()) {
            fields.add(new Field("pp_magic", dump.magic(), "the signature of a page_pool" + (dump.mappingId() == 0 ? ""
                    : " with the id of a mapping that it tracks: " + dump.mappingId())));
            fields.add(new Field("pp", dump.pool(), "address of the pool: pages of one pool have the same"));
        }
        if (!dump.dmaAddress().isEmpty()) {
            fields.add(new Field("dma_addr", dump.dmaAddress(), dump.mapped() ? "DMA address of the page, if its pool maps pages: a mapping that "
                    + "nobody will end" : "not mapped by its pool"));
        }
        if (!dump.references().isEmpty()) {
            fields.add(new Field("pp_ref_count", dump.references(), "references that the pool counts: fragments of the page that are out"));
        }
        List<String> freedBy = dump.freedBy();
        if (!freedBy.isEmpty()) {
            fields.add(new Field("freed by", freedBy.getFirst(), freedBy.size() < 2 ? "" : "called by "
                    + String.join(" < ", freedBy.stream().skip(1).limit(CALLERS).toList())));
        }
        CallTrace trace = dump.trace();
        if (trace != null) {
            fields.addAll(trace.task().fields());
        }
        return fields;
    }

    private List<String> readings() {
        List<String> readings = new ArrayList<>();
        if (count > 1) {
            readings.add(count + " such pages are in the log.");
        }
        readings.add("Population (iii), a true leak: the pool counts the page as out for ever, and its stall warnings, if they come, stay. The stack "
                + "names who freed it: a driver's own bookkeeping, or code of the stack that knows nothing of pools.");
        switch (report()) {
            case "B6" -> readings.add("Resembles B6: test_xsk on veth, where XDP shrinks a packet whose pages are a pool's; a bug of test or driver.");
            case "B10" -> readings.add("Resembles B10: mlx5's own counts of fragments were wrong twice (f232de7cdb4b in SHAMPO, aaab619ccd07 in "
                    + "XDP_REDIRECT at shutdown).");
            case "B4" -> readings.add("Resembles B4: LibreQoS in 2024, pools of 4032 pages that never came back; closed unreproduced.");
            default -> { }
        }
        return readings;
    }

    private static Advice advice() {
        return new Advice(List.of(), List.of("Whoever frees a page that may be a pool's asks the pool: page_pool_put_page, or an sk_buff's pp_recycle.",
                "Only kernels with CONFIG_DEBUG_VM look; without it the same leak shows as a stalled pool whose count stays, or not at all.",
                "No scenario shows it: every page of dmalab's drivers goes back to its pool. To the pool it is as with the holder leak: a page that "
                        + "never comes back."), Optional.empty());
    }
}
