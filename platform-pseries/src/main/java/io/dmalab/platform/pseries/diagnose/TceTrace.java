package io.dmalab.platform.pseries.diagnose;

import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.TraceEvent;
import io.dmalab.platform.pseries.hypervisor.Hcall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The same failure in ftrace text (formats.md 1.2): H_STUFF_TCE refused, then the dma event of the unmap that called it. */
final class TceTrace {
    private static final Pattern EXIT = Pattern.compile("opcode=(\\d{1,6}) retval=(-?\\d{1,20}).*");
    private static final Pattern UNMAP = Pattern.compile("(\\S+) dir=(\\w+) dma_addr=([0-9a-f]{1,16}) size=(\\d{1,12}).*");
    private static final Pattern REMOVE = Pattern.compile("ibm,remove-pe-dma-window arguments: (\\d{1,10}).*");
    private static final Pattern IN_FLIGHT = Pattern.compile(".*inflight=(-?\\d{1,10}) .*");

    private TraceEvent removal;
    private long liobn;
    private TraceEvent refused;
    private long rc;
    private TraceEvent unmap;
    private Matcher mapping;
    private TraceEvent pool;
    private String inFlight = "";
    private long count;

    void see(TraceEvent event) {
        switch (event.event()) {
            case "rtas_input" -> removed(event);
            case "hcall_exit" -> exit(event);
            case "dma_unmap_page", "dma_unmap_phys" -> unmap(event);
            case "page_pool_release" -> pool(event);
            default -> { }
        }
    }

    private void removed(TraceEvent event) {
        Matcher matcher = REMOVE.matcher(event.payload());
        if (matcher.matches() && removal == null) {
            removal = event;
            liobn = Long.parseLong(matcher.group(1));
        }
    }

    private void exit(TraceEvent event) {
        Matcher matcher = EXIT.matcher(event.payload());
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) != Hcall.H_STUFF_TCE) {
            return;
        }
        // older kernels print the code without its sign
        long code = matcher.group(2).startsWith("-") ? Long.parseLong(matcher.group(2)) : unsigned(matcher.group(2));
        if (code == Hcall.H_PARAMETER) {
            count++;
            if (refused == null) {
                refused = event;
                rc = code;
            }
        }
    }

    private static long unsigned(String digits) {
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void unmap(TraceEvent event) {
        if (refused == null || unmap != null || event.pid() != refused.pid()) {
            return;
        }
        Matcher matcher = UNMAP.matcher(event.payload());
        if (matcher.matches()) {
            unmap = event;
            mapping = matcher;
        }
    }

    private void pool(TraceEvent event) {
        Matcher matcher = refused != null && pool == null && event.pid() == refused.pid() ? IN_FLIGHT.matcher(event.payload()) : null;
        if (matcher != null && matcher.matches()) {
            pool = event;
            inFlight = matcher.group(1);
        }
    }

    boolean found() {
        return refused != null;
    }

    /** Refused calls. */
    long count() {
        return count;
    }

    /** The trace shows page_pool, or it shows a worker at work. */
    boolean worker() {
        return refused.comm().startsWith("kworker/");
    }

    List<Place> evidence() {
        List<Place> places = new ArrayList<>();
        for (TraceEvent event : new TraceEvent[] {removal, refused, unmap, pool}) {
            if (event != null) {
                places.add(event.place());
            }
        }
        return places;
    }

    List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        if (removal != null) {
            fields.add(new Field("LIOBN", Long.toString(liobn), "0x" + Long.toHexString(liobn) + ", removed by " + removal.comm() + "-"
                    + removal.pid() + " at " + removal.place().stamp()));
        }
        fields.add(new Field("opcode", Long.toString(Hcall.H_STUFF_TCE), Hcall.opcodeName(Hcall.H_STUFF_TCE) + ", clears entries"));
        fields.add(new Field("retval", Long.toString(rc), Hcall.name(rc) + ": the hypervisor knows no such LIOBN (any more)"));
        fields.add(new Field("task", refused.comm() + "-" + refused.pid(), "on CPU " + refused.cpu()));
        if (unmap != null) {
            long address = Long.parseUnsignedLong(mapping.group(3), 16);
            long bytes = Long.parseLong(mapping.group(4));
            fields.add(new Field("device", mapping.group(1), "no driver is bound any more; direction " + mapping.group(2)));
            fields.add(new Field("dma_addr", mapping.group(3), DmaAddress.words(address, -1, null)));
            fields.add(new Field("size", mapping.group(4), DmaAddress.size(bytes)));
        }
        if (pool != null) {
            fields.add(new Field("inflight", inFlight, "pages of the pool that are still out after this one"));
        }
        return fields;
    }

    List<String> readings() {
        if (removal == null || removal.place().line() > refused.place().line()) {
            return List.of();
        }
        return List.of(String.format(Locale.ROOT, "The window was removed %.6f s before the unmap was refused.",
                (refused.place().nanos() - removal.place().nanos()) / 1e9));
    }

    List<Moment> course() {
        List<Moment> moments = new ArrayList<>();
        if (removal != null) {
            moments.add(Moment.at(removal.place(), "window 0x" + Long.toHexString(liobn) + " removed (ibm,remove-pe-dma-window)"));
        }
        moments.add(Moment.at(refused.place(), "late unmap refused by the hypervisor"));
        return moments;
    }
}
