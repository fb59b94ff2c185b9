package io.dmalab.platform.pseries.diagnose;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.Advice.Prevention;
import io.dmalab.api.diagnose.Advice.Reproduction;
import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Certainty;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts into words what {@link LateTceSignature} collected. */
final class LateTceDiagnosis {
    private static final int EVIDENCE = 12;
    /** Many pages come home, most of them soon. */
    private static final String BURST = "dlpar-remove-under-load";
    /** The seed's wait. */
    private static final long CAP_NANOS = 120_000_000_000L;
    /** A seed with which the table's memory is used by others before the last page is home. */
    private static final String REUSED_EARLY = "3";

    private final LateTceSignature log;

    LateTceDiagnosis(LateTceSignature log) {
        this.log = log;
    }

    Diagnosis make() {
        String title = (provider() ? "io_uring's receive area is unmapped" : "a TCE is freed")
                + " after its DMA window and its table are gone (pSeries)";
        return new Diagnosis(provider() ? "A6" : "A1", title, Diagnosis.Nature.LATE_UNMAP, certainty(), why(), evidence(), fields(), readings(),
                missing(), advice(), course());
    }

    private boolean refused() {
        return log.blocks > 0 || log.trace.found();
    }

    private boolean cut() {
        return log.first != null && log.first.headless;
    }

    private Certainty certainty() {
        boolean wholeStack = log.stale.found() || log.fromPool > 0 || log.trace.found() || provider();
        if (cut() && !log.stale.found() && !log.trace.found()) {
            return Certainty.LIKELY;
        }
        return wholeStack ? Certainty.CERTAIN : refused() ? Certainty.LIKELY : Certainty.POSSIBLE;
    }

    private String why() {
        return switch (certainty()) {
            case CERTAIN -> provider() ? "a memory provider unmaps, and the table or the hypervisor refuses"
                    : log.fromPool > 0 ? "page_pool unmaps, and the table or the hypervisor refuses"
                    : log.stale.found() ? "an unmap uses a table that has been freed" : "H_STUFF_TCE is refused in an unmap";
            case LIKELY -> cut() ? "the log begins in the middle of the block; its stack is that of a call that was refused"
                    : "the hypervisor refuses to clear entries; no stack says who unmapped";
            case POSSIBLE -> "the table was freed with entries in use; the log shows no late unmap";
        };
    }

    private List<Place> evidence() {
        List<Place> places = new ArrayList<>();
        for (Place place : new Place[] {log.freedInUse, log.waited, log.gaveUp}) {
            if (place != null) {
                places.add(place);
            }
        }
        places.addAll(log.stale.evidence());
        places.addAll(log.suppressions);
        if (log.first != null) {
            places.addAll(log.first.lines);
            if (log.first.trace != null) {
                places.add(log.first.trace.place());
            }
        }
        if (log.trace.found()) {
            places.addAll(log.trace.evidence());
        }
        return places.stream().sorted(Comparator.comparingLong(Place::line)).limit(EVIDENCE).toList();
    }

    // decoded values

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        if (log.suppressed > 0) {
            fields.add(new Field("suppressed", Long.toString(log.suppressed), "calls the rate limit swallowed: at least "
                    + (log.suppressed + 1) + " late calls with the one shown (the limit is shared by all of printk_ratelimit's users)"));
        }
        if (log.first != null) {
            Long liobn = log.first.value("index");
            fields.addAll(log.first.fields(liobn == null ? null : log.windows.get(liobn)));
        }
        fields.addAll(log.stale.fields());
        if (log.trace.found()) {
            fields.addAll(log.trace.fields());
        }
        CallTrace stack = stack();
        if (stack != null) {
            fields.addAll(stack.task().fields());
            fields.add(new Field("caller", root(stack), holder(stack)));
        }
        Place at = firstHarm();
        if (at != null && at.clock() == Clock.UPTIME) {
            fields.add(new Field("time", at.stamp(), uptime(at.nanos())));
        }
        return fields;
    }

    private CallTrace stack() {
        return log.first != null && log.first.trace != null ? log.first.trace : log.stale.first;
    }

    private static String root(CallTrace stack) {
        if (zcrx(stack)) {
            return stack.functions().stream().filter(f -> f.contains("zcrx")).findFirst().orElseThrow();
        }
        return stack.has("page_pool_release_retry") ? "page_pool_release_retry"
                : stack.functions().stream().filter(f -> f.startsWith("page_pool_")).reduce((a, b) -> b).orElse(stack.functions().getLast());
    }

    private static String holder(CallTrace stack) {
        if (stack.has("page_pool_release_retry")) {
            return "page_pool's delayed work, each second after page_pool_destroy: empties the ring into which pages came home";
        }
        if (zcrx(stack)) {
            return "io_uring/zcrx.c: the mapping is the memory provider's, not a page_pool's";
        }
        return stack.hasPrefix("page_pool_") ? "page_pool outside its worker: the ring was full, or the page had another user; whoever freed it"
                + " unmaps" : "not page_pool";
    }

    private static String uptime(long nanos) {
        long seconds = nanos / 1_000_000_000L;
        return seconds < 60 ? "since boot" : String.format(Locale.ROOT, "%d h %d min %d s since boot", seconds / 3600, seconds / 60 % 60,
                seconds % 60);
    }

    // what follows

    private List<String> readings() {
        List<String> readings = new ArrayList<>();
        readings.add("Stage: " + stage());
        if (log.blocks > 1) {
            readings.add(String.format(Locale.ROOT, "%,d blocks are in the log, up to line %d; %,d of the %,d with a stack come from page_pool, %,d"
                    + " from its worker.", log.blocks, log.last.line(), log.fromPool, log.traced, log.fromWorker));
        }
        if (log.liobns.size() > 1) {
            readings.add(log.liobns.size() + " LIOBNs are named: several windows, or the field was read from memory that held something else.");
        }
        if (log.first != null && log.first.instrumented()) {
            readings.add("The values come from the fields of a table that is freed already; they may be garbage.");
        }
        if (log.stale.kasan + log.stale.oopses > 1) {
            readings.add(String.format(Locale.ROOT, "In the unmap path: %,d KASAN reports, %,d oopses.", log.stale.kasan, log.stale.oopses));
        }
        if (log.waits > 0) {
            readings.add(String.format(Locale.ROOT, "This kernel waits for the TCEs before it frees the table (%,d rounds)%s.", log.waits,
                    log.gaveUp == null ? "" : "; it gave up after 120 seconds and freed it all the same"));
        }
        if (log.trace.found()) {
            readings.addAll(log.trace.readings());
        }
        return readings;
    }

    private String stage() {
        if (log.stale.oopses > 0) {
            return "worst: the memory of the freed table has been used by others, and the unmap ran into it.";
        }
        if (log.stale.kasan > 0) {
            return "use after free, caught by KASAN before the memory was used by others.";
        }
        if (refused()) {
            return "milder: the hypervisor refused; the memory of the table was still there. An oops follows once it is not.";
        }
        return log.gaveUp != null ? "the wait ended with entries in use; each of them is a late unmap to come."
                : "the table was freed with entries in use; each of them is a late unmap to come.";
    }

    private String missing() {
        return (provider() ? "area mapped for the device -> its queue removed, provider uninstalled -> DMA window removed, table freed -> "
                + "ring closed -> unmap. " : pool() ? "driver removed -> page_pool destroyed with pages out -> DMA window removed, table freed -> a page comes home -> unmap. "
                : "driver removed with mappings left -> DMA window removed, table freed -> the holder lets go -> unmap. ")
                + "Missing: the last unmap, of whoever does it, before the window and the table go.";
    }

    // advice

    private boolean pool() {
        CallTrace stack = stack();
        return stack == null || stack.hasPrefix("page_pool_");
    }

    /** Report A6: not page_pool has the mapping, but a memory provider. */
    private boolean provider() {
        CallTrace stack = stack();
        return stack != null && zcrx(stack);
    }

    private static boolean zcrx(CallTrace stack) {
        return stack.functions().stream().anyMatch(f -> f.contains("zcrx"));
    }

    private Advice advice() {
        List<Prevention> preventions = new ArrayList<>();
        List<String> others = new ArrayList<>();
        if (!late()) {
            preventions.add(new Prevention("wait-for-drain", "window and table stay until the last entry is free; helps if every page is home "
                    + "within 120 s per table"));
        } else {
            others.add("wait-for-drain, the seed's patch, does not help: " + (log.gaveUp != null ? "this kernel has waited and given up."
                    : "the last page came home more than 120 s after the removal, when it would have given up."));
        }
        if (!late() && log.stale.found()) {
            preventions.add(new Prevention("wait-without-swap", "the table stays, the window does not: no use after free, but rc = -4 for each page"));
        }
        if (pool()) {
            preventions.add(new Prevention("unmap-at-destroy", "page_pool unmaps every page still out when it is destroyed (v6.16, 6.15.3): no late "
                    + "unmap at all"));
        }
        if (provider()) {
            preventions.add(new Prevention("provider-unmaps", "the provider unmaps its area when its queue goes, once and under a lock (6.15-rc3)"));
        }
        others.add("A directly mapped window makes no TCE call for a mapping, so the failure does not show (scenario direct-window).");
        return new Advice(preventions, others, Optional.of(reproduction()));
    }

    /** Whether a page came home when the seed's wait would have been over, or was. */
    private boolean late() {
        Place removed = log.freedInUse;
        Place end = lastHarm();
        return log.gaveUp != null || removed != null && end != null && removed.comparable(end) && end.nanos() - removed.nanos() > CAP_NANOS;
    }

    private Reproduction reproduction() {
        FindingKind finding = log.stale.oopses > 0 ? FindingKind.OOPS : log.stale.kasan > 0 ? FindingKind.USE_AFTER_FREE
                : FindingKind.HCALL_ERROR;
        String scenario = provider() ? "zcrx-area" : late() ? "never-read-socket" : !pool() ? "fd-holder" : log.bond ? "lpm-bond-failover" : BURST;
        List<String> arguments = new ArrayList<>(List.of("--policy", log.gaveUp != null ? "wait-for-drain" : "legacy"));
        // without the checker few pages that come home late meet reused memory at once: then the run shows the oops, not the refusal
        boolean checker = finding == FindingKind.USE_AFTER_FREE || finding == FindingKind.HCALL_ERROR && !scenario.equals(BURST) && !late();
        if (!checker) {
            arguments.addAll(List.of("--kasan", "off"));
        }
        if (finding == FindingKind.OOPS && scenario.equals(BURST)) {
            arguments.addAll(List.of("--seed", REUSED_EARLY));
        }
        if (log.first != null && log.first.instrumented()) {
            arguments.addAll(List.of("--kernel", KernelProfile.SLE15SP6_6_4.id()));
        }
        return new Reproduction(scenario, arguments, Optional.of(finding),
                "times, counts and addresses are the run's own" + (pool() || provider() ? "" : "; the holder there is an open file of an accelerator"));
    }

    // time

    private Place lastHarm() {
        Place stale = log.stale.last;
        return stale == null || log.last != null && log.last.line() > stale.line() ? log.last : stale;
    }

    private Place firstHarm() {
        Place stale = log.stale.found() ? log.stale.evidence().getFirst() : null;
        Place block = log.first == null ? null : log.first.head;
        return stale == null || block != null && block.line() < stale.line() ? block : stale;
    }

    private List<Moment> course() {
        List<Moment> moments = new ArrayList<>();
        if (log.freedInUse != null) {
            moments.add(Moment.at(log.freedInUse, "table freed with entries in use"));
        }
        if (log.waited != null) {
            moments.add(Moment.at(log.waited, "the removal begins to wait for the TCEs"));
        }
        if (log.gaveUp != null) {
            moments.add(Moment.at(log.gaveUp, "the wait gives up"));
        }
        if (log.first != null) {
            moments.add(Moment.at(log.first.head, "late unmap refused by the hypervisor"));
        }
        if (log.stale.found()) {
            moments.add(Moment.at(log.stale.evidence().getFirst(), log.stale.first.complaint().orElseThrow().kind() + " in the unmap path"));
        }
        if (log.trace.found()) {
            moments.addAll(log.trace.course());
        }
        return moments;
    }
}
