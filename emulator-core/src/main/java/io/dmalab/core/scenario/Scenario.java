package io.dmalab.core.scenario;

import io.dmalab.api.config.ByteSize;
import io.dmalab.api.config.HoldTime;
import io.dmalab.api.config.Option;
import io.dmalab.api.config.Span;
import io.dmalab.api.kernel.FindingKind;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.core.explore.Harm;
import io.dmalab.core.explore.Points;
import io.dmalab.core.explore.World;
import io.dmalab.core.kernel.KernelConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A scenario as written: which machine, which devices, what traffic, who holds buffers, what happens when.
 *
 * @param settings the plain values
 * @param kernel   the profile that {@link Settings#kernel} names
 * @param expect   per policy id the kinds that a run is expected to find; an empty list means a clean run
 * @param text     the file as it was read
 */
public record Scenario(
        String id,
        String summary,
        String story,
        Settings settings,
        KernelProfile kernel,
        Memory memory,
        Limits limits,
        Exploration exploration,
        Configured platform,
        List<Device> devices,
        List<Holder> holders,
        List<Configured> notifiers,
        List<Step> steps,
        Configured policy,
        Map<String, List<FindingKind>> expect,
        String text) {

    /** A scenario that is built in code. @param id its name */
    public static ScenarioBuilder builder(String id) {
        return new ScenarioBuilder(id);
    }

    /** Ticks a second that kernels are built with. */
    public static final List<Integer> TICK_RATES = List.of(100, 250, 1000);

    /** How kernel timers round. */
    public enum Timers {
        /** As the kernel's timer wheel does. */
        WHEEL,
        /** Exactly the time asked for. */
        EXACT
    }

    /** Plain values at the top level. */
    public record Settings(
            @Option(value = "v6.14", doc = "kernel profile: behaviour and message layout of a kernel version") String kernel,
            @Option(value = "250", doc = "timer ticks a second: 100, 250 or 1000") int hz,
            @Option(value = "wheel", doc = "how kernel timers round: wheel or exact") Timers timers,
            @Option(value = "64KiB", doc = "CPU page size: 4KiB or 64KiB") ByteSize pageSize,
            @Option(value = "8", doc = "processors, 1 to 4096") int cpus,
            @Option(value = "1", doc = "seed of all randomness") long seed,
            @Option(value = KernelConfig.POWER9, doc = "what the line 'Hardware name:' of stack dumps says") String hardware) {
        public Settings {
            if (!TICK_RATES.contains(hz)) {
                throw new IllegalArgumentException("hz " + hz + " is not a kernel's; use 100, 250 or 1000");
            }
            if (pageSize.bytes() != 4096 && pageSize.bytes() != 65536) {
                throw new IllegalArgumentException("page-size " + pageSize + " is not a powerpc page; use 4KiB or 64KiB");
            }
            if (cpus < 1 || cpus > 4096) {
                throw new IllegalArgumentException(cpus + " cpus are out of range; use 1 to 4096");
            }
        }
    }

    /** Memory and its lifetime checker. */
    public record Memory(
            @Option(value = "1TiB", doc = "RAM of the machine") ByteSize ram,
            @Option(value = "on",
                    doc = "lifetime checker: on reports every access to freed memory; off behaves as a production kernel") boolean kasan,
            @Option(value = "{ exponential: { mean: 30s } }",
                    doc = "with kasan off, how long freed memory keeps its contents before it is reused")
                    HoldTime reuseAfter,
            @Option(value = "off",
                    doc = "checks of the DMA API (CONFIG_DMA_API_DEBUG): reports mappings that a driver leaves behind when it is unbound")
                    boolean dmaDebug) {
        public Memory {
            if (ram.bytes() < 1L << 26) {
                throw new IllegalArgumentException("ram " + ram + " is too little; use at least 64MiB");
            }
        }
    }

    /** Where a run ends if nothing else ends it. */
    public record Limits(
            @Option(value = "15min", doc = "virtual time") Span time,
            @Option(value = "200M", doc = "events") long events) {}

    /** What an exploring run takes as its steps. An ordinary run does not look at it. */
    public record Exploration(
            @Option(value = "[]", doc = "accesses that are scheduling points: kernel types, e.g. iommu_table, it_map, page_pool, hypervisor; "
                    + "TYPE.FIELD for one field, TYPE.FIELD@FUNCTION for those made in one function; locks for every lock operation; empty "
                    + "for all accesses") List<String> steps,
            @Option(value = "10s", doc = "what would happen later than this after the first step of the scenario does not happen") Span horizon,
            @Option(value = "off", doc = "on: a grace period of RCU waits for read sections alone; off: for all that a task does between two "
                    + "sleeps, as on a kernel without preemption") boolean preemptible,
            @Option(value = "off", doc = "what is due at once runs on to its first scheduling point within the step that makes it due")
                    boolean prompt,
            @Option(value = "[]", doc = "findings that are looked for: KIND, or 'use-after-free TYPE.FIELD' for some accesses only; empty for "
                    + "everything forbidden") List<String> harm,
            @Option(value = "off", doc = "states are matched: the model offers its state, and what a context has not chosen since its last choice "
                    + "does not matter to it") boolean states,
            @Option(value = "[]", doc = "tasks that are interchangeable where states are matched: their names up to a slash") List<String> alike) {
        public Exploration {
            steps = List.copyOf(steps);
            harm = List.copyOf(harm);
            alike = List.copyOf(alike);
            Points.of(steps);
            Harm.of(harm);
        }

        /** The same, as the explorer takes it. */
        public World world() {
            return new World(Points.of(steps), horizon.nanos(), preemptible, prompt, Harm.of(harm), new TreeSet<>(alike));
        }
    }

    /** A device in a slot. */
    public record Device(String name, Configured driver, Optional<Configured> traffic) {}

    /** A holder and its share of received packets, 0 to 1. */
    public record Holder(double share, Configured holder) {}

    /** Something that happens. @param at virtual time since the scenario's start */
    public record Step(Span at, Configured action) {}
}
