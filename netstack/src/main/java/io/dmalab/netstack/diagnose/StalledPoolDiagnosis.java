package io.dmalab.netstack.diagnose;

import io.dmalab.api.diagnose.Advice;
import io.dmalab.api.diagnose.Advice.Reproduction;
import io.dmalab.api.diagnose.Diagnosis;
import io.dmalab.api.diagnose.Diagnosis.Certainty;
import io.dmalab.api.diagnose.Diagnosis.Field;
import io.dmalab.api.diagnose.Diagnosis.Moment;
import io.dmalab.api.diagnose.Diagnosis.Nature;
import io.dmalab.api.diagnose.Place;
import io.dmalab.api.diagnose.Place.Clock;
import io.dmalab.netstack.diagnose.PoolSeries.Trend;
import io.dmalab.netstack.diagnose.Resemblance.Stall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Puts stalled pools into words. */
final class StalledPoolDiagnosis {
    private static final int SHOWN = 6;

    private final List<PoolSeries> pools;
    private final long overflow;
    private final Optional<Resemblance> resemblance;

    StalledPoolDiagnosis(Stall stall, long overflow) {
        this.pools = stall.pools();
        this.overflow = overflow;
        this.resemblance = Resemblance.of(stall);
    }

    Diagnosis make() {
        String title = pools.size() == 1 ? "a destroyed page_pool waits for pages that are still out"
                : pools.size() + " destroyed page_pools wait for pages that are still out";
        return new Diagnosis(resemblance.map(Resemblance::failure).orElse("B"), title, Nature.STALL, Certainty.CERTAIN,
                "the retry worker says so itself", evidence(), fields(), readings(),
                "page_pool_destroy does not wait: the pool lives on until its last page is back. No order is broken yet; it is, once the device's "
                + "translation goes before these pages come home.", advice(), course());
    }

    private List<Place> evidence() {
        List<Place> places = new ArrayList<>();
        pools.stream().limit(SHOWN).forEach(pool -> {
            places.add(pool.first);
            if (pool.last != pool.first) {
                places.add(pool.last);
            }
        });
        return places.stream().sorted(Comparator.comparingLong(Place::line)).toList();
    }

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        if (pools.size() == 1) {
            pool(pools.getFirst(), fields);
            return fields;
        }
        pools.stream().limit(SHOWN).forEach(pool -> fields.add(row(pool)));
        if (pools.size() > SHOWN || overflow > 0) {
            fields.add(new Field("more pools", Long.toString(pools.size() - SHOWN), "not shown" + (overflow == 0 ? ""
                    : "; " + overflow + " warnings of yet others are not followed")));
        }
        pools.stream().map(StalledPoolDiagnosis::lattice).distinct().forEach(words -> fields.add(new Field("seconds", "", words)));
        return fields;
    }

    private static Field row(PoolSeries pool) {
        String when = pool.first.clock() == Clock.NONE ? "" : "; destroyed " + (pool.first.clock() == Clock.UPTIME ? "at " : "")
                + destroyed(pool);
        return new Field("pool", pool.id.isEmpty() ? "(no id)" : "id " + pool.id, inFlight(pool) + " in flight, " + pool.trend().words
                + ", after " + pool.secondsText() + " s" + when + (pool.device.isEmpty() ? "" : "; " + pool.device));
    }

    private static String inFlight(PoolSeries pool) {
        return pool.firstInFlight == pool.lastInFlight ? Long.toString(pool.firstInFlight) : pool.firstInFlight + " .. " + pool.lastInFlight;
    }

    private void pool(PoolSeries pool, List<Field> fields) {
        fields.add(new Field("pool id", pool.id.isEmpty() ? "-" : pool.id, (pool.id.isEmpty() ? "this kernel prints none (added after 6.4)"
                : "netlink page-pool-get knows the pool by it") + (pool.device.isEmpty() ? "" : "; " + pool.device
                + (pool.device.startsWith("pci ") ? ": no driver is bound any more" : ""))));
        fields.add(new Field("inflight", inFlight(pool), "pages held by others, " + pool.trend().words));
        fields.add(new Field("seconds", pool.secondsText(), lattice(pool)));
        if (pool.first.clock() != Clock.NONE) {
            fields.add(new Field("destroyed", destroyed(pool), "up to 1 s earlier: the seconds are cut off"));
        }
    }

    private static String destroyed(PoolSeries pool) {
        return pool.first.clock() == Clock.UPTIME ? String.format(Locale.ROOT, "%.0f s", pool.destroyedNanos() / 1e9)
                : pool.firstSeconds + " s before " + pool.first.stamp();
    }

    private static String lattice(PoolSeries pool) {
        boolean fast = pool.on(RetryLattice.HZ_250_1000);
        boolean slow = pool.on(RetryLattice.HZ_100);
        if (fast && slow) {
            return "since page_pool_destroy; on the lattice of either HZ";
        }
        return "since page_pool_destroy; " + (fast ? RetryLattice.HZ_250_1000 : slow ? RetryLattice.HZ_100
                : "off both lattices: a long run drifts off, or the log is not complete");
    }

    private List<String> readings() {
        List<String> readings = new ArrayList<>();
        boolean falling = pools.stream().anyMatch(p -> p.trend() == Trend.FALLING);
        boolean constant = pools.stream().anyMatch(p -> p.trend() == Trend.CONSTANT);
        if (falling) {
            readings.add("Population (i), slow but live holders: the count falls. Sockets that are read late, or closed late.");
        }
        if (constant) {
            readings.add("Population (ii) or (iii): the count stays. Holders that nothing moves (packets on an idle CPU's defer list, a process that "
                    + "never reads its socket), or a true leak. Only a scan for the holder tells which; look at Recv-Q first.");
        }
        if (!falling && !constant) {
            readings.add("Which population it is takes a second warning of the same pool: falling is (i), slow but live holders; constant is (ii), "
                    + "holders that nothing moves, or (iii), a leak.");
        }
        resemblance.ifPresent(r -> readings.add("Resembles " + r.report() + ": " + r.words() + "."));
        return readings;
    }

    private Advice advice() {
        return new Advice(List.of(), List.of("kick-holders empties defer lists and reassembly, revoke-and-wait TCP's queues, too; both only when the "
                + "interface is unregistered. unmap-at-destroy (v6.16, 6.15.3) makes the stall harmless: the pages are unmapped when the pool is "
                + "destroyed, and the pool waits for memory only.",
                "Since 6.8 the warning is silent while the pool's netdev, or its namespace's loopback, is there: no warning is no proof."),
                Optional.of(new Reproduction("never-read-socket", List.of("--policy", "legacy", "--kasan", "off", "--kernel", "v6.4"),
                        Optional.empty(), "there the count stays until the process is killed at 300 s")));
    }

    private List<Moment> course() {
        List<Moment> moments = new ArrayList<>();
        pools.stream().filter(p -> p.first.clock() != Clock.NONE).min(Comparator.comparingLong(PoolSeries::destroyedNanos))
                .ifPresent(p -> moments.add(new Moment(p.first, p.destroyedNanos(), "page_pool destroyed with " + p.firstInFlight + (p.firstInFlight
                        == 1 ? " page" : " pages") + " out (from \"" + p.firstSeconds + " sec\")")));
        pools.stream().max(Comparator.comparingLong(p -> p.last.line())).filter(p -> p.last.clock() != Clock.NONE)
                .ifPresent(p -> moments.add(Moment.at(p.last, "last stall warning, " + p.lastInFlight + " in flight")));
        return moments;
    }
}
