package io.dmalab.core.builtin;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.CallTrace;
import io.dmalab.api.diagnose.Complaint;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Certainty;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.LogItem;
import io.dmalab.api.diagnose.Message;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import io.dmalab.api.diagnose.Signature;
import io.dmalab.api.kernel.FindingKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The collateral damage of B1: a removal waits for pages with the device's lock held, and whoever reads an attribute of that device hangs
 * (facts: real-world-reports.md B1, free-policies.md P4).
 */
public final class HungReaderSignature implements Signature {
    private static final Pattern HUNG = Pattern.compile("INFO: task (\\S+):(\\d+) blocked for more than (\\d{1,6}) seconds.*");
    /** Where B1's victim hung. */
    private static final String SEEN = "uevent_show";
    private static final String STALL = "page pool release stalling device unregister";
    private static final Pattern WAITING = Pattern.compile("unregister_netdevice: waiting for \\S+ to become free\\. Usage count = \\d+.*");

    private CallTrace reader;
    private long reports;
    private Place stall;

    @Override
    public void see(LogItem item) {
        if (item instanceof Message message) {
            String text = message.text();
            if (stall == null && (text.contains(STALL) || text.startsWith("unregister_netdevice: ") && WAITING.matcher(text).matches())) {
                stall = message.place();
            }
        } else if (item instanceof CallTrace trace && readsAttribute(trace)) {
            reports++;
            reader = reader == null || !reader.has(SEEN) && trace.has(SEEN) ? trace : reader;
        }
    }

    private static boolean readsAttribute(CallTrace trace) {
        return trace.main() && trace.complaint().filter(c -> c.kind() == Complaint.Kind.HUNG_TASK).isPresent()
                && (trace.has(SEEN) || trace.has("dev_attr_show") || trace.has("dev_attr_store")) && trace.functions().stream()
                .anyMatch(f -> f.contains("mutex_lock") || f.equals("schedule_preempt_disabled") || f.equals("device_lock"));
    }

    @Override
    public List<Diagnosis> diagnoses() {
        // other attributes hang for other reasons too
        return reader == null || stall == null && !reader.has(SEEN) ? List.of() : List.of(make());
    }

    private Diagnosis make() {
        Place at = reader.complaint().orElseThrow().place();
        List<Place> evidence = new ArrayList<>();
        if (stall != null) {
            evidence.add(stall);
        }
        evidence.add(at);
        evidence.add(reader.place());
        evidence.sort((a, b) -> Long.compare(a.line(), b.line()));
        return new Diagnosis("B1", "a reader of a device's attribute hangs on the device's lock", Diagnosis.Nature.HANG,
                stall != null ? Certainty.LIKELY : Certainty.POSSIBLE, stall != null
                        ? "the log also says that the removal of a device waits" : "whoever holds the lock is not in the log", evidence, fields(at),
                List.of("The blocked task is a victim: it waits for the lock of a device that somebody removes.") ,
                "A wait for pages must not hold a lock that others need: device lock -> wait for pages -> (never). Missing: let go of the lock, or "
                + "an end of the wait.",
                new Advice(List.of(new Advice.Prevention("unmap-at-destroy", "nobody waits for pages: their mappings end with the pool")),
                        List.of("Seen with the RFC that lets page pools stall the netdev's unregistration (P4, here stall-unregister); a "
                        + "policy that does not wait under the device lock cannot cause it."),
                        Optional.of(new Advice.Reproduction("uevent-reader", List.of("--policy", "stall-unregister"),
                                Optional.of(FindingKind.HUNG_TASK), "there the reader gets the lock when the process is killed at 600 s"))),
                course(at));
    }

    private List<Field> fields(Place at) {
        List<Field> fields = new ArrayList<>();
        Matcher matcher = HUNG.matcher(at.text());
        if (matcher.matches()) {
            long limit = Long.parseLong(matcher.group(3));
            fields.add(new Field("task", matcher.group(1) + ", PID " + matcher.group(2), "blocked in " + reader.functions().stream()
                    .filter(f -> f.endsWith("_show") || f.endsWith("_store")).findFirst().orElse(reader.innermost())));
            fields.add(new Field("blocked", "> " + limit + " s", "the detector looks every " + limit + " s: blocked since " + limit + " to "
                    + 2 * limit + " s before" + (at.clock() == Clock.UPTIME ? since(at.nanos(), limit) : "")));
        }
        if (reports > 1) {
            fields.add(new Field("reports", Long.toString(reports), "of such tasks"));
        }
        return fields;
    }

    private static String since(long nanos, long limit) {
        return String.format(Locale.ROOT, ", between %.0f and %.0f s", Math.max(0, nanos / 1e9 - 2 * limit), Math.max(0, nanos / 1e9 - limit));
    }

    private List<Moment> course(Place at) {
        List<Moment> moments = new ArrayList<>();
        if (stall != null) {
            moments.add(Moment.at(stall, "a removal waits"));
        }
        moments.add(Moment.at(at, "hung task reported"));
        return moments;
    }
}
