package io.dmalab.core.run;

import static java.util.Locale.ROOT;

import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.Grade;
import io.dmalab.api.kernel.Metrics;
import java.util.ArrayList;
import java.util.List;

/** Says in one sentence what a policy bought and what it cost, from the figures of its runs alone. */
public final class Sentences {
    private static final double SECOND = 1e9;

    private Sentences() {}

    public static String about(PolicySummary policy) {
        return text("%s: %s; %s.", policy.policy(), bought(policy), cost(policy));
    }

    private static String bought(PolicySummary policy) {
        List<String> forbidden = new ArrayList<>();
        List<String> interesting = new ArrayList<>();
        for (FindingKind kind : policy.kinds()) {
            String text = text("%s in %s", kind, of(policy.found(kind)));
            if (kind.grade() == Grade.FORBIDDEN) {
                forbidden.add(text);
            } else if (kind.grade() == Grade.INTERESTING) {
                interesting.add(text);
            }
        }
        if (!forbidden.isEmpty()) {
            return String.join(", ", forbidden);
        }
        String safe = text("no forbidden outcome in %d run%s (95 %% bound %.2g %%)", policy.runs(), policy.runs() == 1 ? "" : "s",
                100 * new Proportion(0, policy.runs()).high());
        return interesting.isEmpty() ? safe : safe + " but " + String.join(", ", interesting);
    }

    private static String cost(PolicySummary policy) {
        List<String> parts = new ArrayList<>();
        Spread blocked = policy.blockedNanos();
        if (blocked.count() == 0) {
            return "nothing was removed";
        }
        parts.add(text("removal blocked %s (p50), %s at most", seconds(blocked.percentile(50)), seconds(blocked.max())));
        if (policy.unfinished() > 0) {
            parts.add(text("%s never returned", removals(policy.unfinished())));
        }
        if (policy.refused() > 0) {
            parts.add(text("%s refused", removals(policy.refused())));
        }
        if (policy.directMapped() == blocked.count()) {
            parts.add("RAM is directly mapped, so no mapping ever reaches a TCE table");
        }
        if (policy.metric(Metrics.LEAKED_TCES).max() > 0) {
            parts.add(text("up to %d TCEs leaked", policy.metric(Metrics.LEAKED_TCES).max()));
        }
        if (policy.hotPathNanosPerPacket() > 0) {
            parts.add(text("%.2f ns a packet", policy.hotPathNanosPerPacket()));
        }
        if (policy.metric(Metrics.BYTES_PER_PAGE).max() > 0) {
            parts.add(text("%d bytes a page", policy.metric(Metrics.BYTES_PER_PAGE).max()));
        }
        return String.join(", ", parts);
    }

    private static String removals(int number) {
        return number == 1 ? "1 removal" : number + " removals";
    }

    private static String text(String format, Object... args) {
        return String.format(ROOT, format, args);
    }

    private static String of(Proportion p) {
        return p.hits() == p.runs() ? "every run" : text("%d of %d runs", p.hits(), p.runs());
    }

    /** A duration as people read it: three significant digits. */
    public static String seconds(long nanos) {
        double s = nanos / SECOND;
        return s >= 100 ? text("%.0f s", s)
                : s >= 1 ? text("%.2f s", s)
                : s >= 1e-3 ? text("%.3g ms", s * 1e3)
                : text("%.3g us", s * 1e6);
    }
}
