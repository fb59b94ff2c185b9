package io.dmalab.core.kernel;

import io.dmalab.api.config.HoldTime;
import io.dmalab.api.kernel.KernelProfile;
import io.dmalab.api.observe.Observer;
import java.util.List;

/**
 * What one machine's kernel is made of.
 *
 * @param hz             timer ticks a second: 100, 250 or 1000
 * @param exactTimers    timers fire exactly when asked instead of on the timer wheel's lattice
 * @param pageSize       bytes of a CPU page
 * @param kasan          lifetime checker on
 * @param reuseAfter     without it, how long freed memory keeps its contents
 * @param hardwareName   the {@code Hardware name:} line of stack dumps
 * @param timeLimitNanos virtual time at which a run ends
 * @param eventLimit     number of events after which a run ends
 * @param observers      told about events, log lines and findings, in this order
 */
public record KernelConfig(
        KernelProfile profile,
        int hz,
        boolean exactTimers,
        int pageSize,
        int cpus,
        long seed,
        long ramBytes,
        boolean kasan,
        HoldTime reuseAfter,
        String hardwareName,
        long timeLimitNanos,
        long eventLimit,
        List<Observer> observers) {

    /** The machine of the seed's stack dump. */
    public static final String POWER9 =
            "IBM,9080-M9S POWER9 (raw) 0x4e2101 0xf000005 of:IBM,FW950.80 (VH950_131) hv:phyp pSeries";

    /** How often khungtaskd looks, and how long a task may hang: sysctl hung_task_timeout_secs. */
    public static final long HUNG_TASK_NANOS = 120_000_000_000L;

    public KernelConfig {
        observers = List.copyOf(observers);
    }

    /** A machine for tests and examples: v6.14, HZ 250, 64 KiB pages, 8 CPUs, 1 TiB, KASAN on, no practical limits. */
    public static KernelConfig basic(long seed) {
        return new KernelConfig(KernelProfile.V6_14, 250, false, 65536, 8, seed, 1L << 40, true,
                new HoldTime.Forever(), POWER9, Long.MAX_VALUE, Long.MAX_VALUE, List.of());
    }

    public KernelConfig withProfile(KernelProfile value) {
        return new KernelConfig(value, hz, exactTimers, pageSize, cpus, seed, ramBytes, kasan, reuseAfter, hardwareName, timeLimitNanos,
                eventLimit, observers);
    }

    public KernelConfig withTimers(int newHz, boolean exact) {
        return new KernelConfig(profile, newHz, exact, pageSize, cpus, seed, ramBytes, kasan, reuseAfter, hardwareName, timeLimitNanos,
                eventLimit, observers);
    }

    public KernelConfig withPageSize(int value) {
        return new KernelConfig(profile, hz, exactTimers, value, cpus, seed, ramBytes, kasan, reuseAfter, hardwareName, timeLimitNanos,
                eventLimit, observers);
    }

    public KernelConfig withKasan(boolean value, HoldTime reuse) {
        return new KernelConfig(profile, hz, exactTimers, pageSize, cpus, seed, ramBytes, value, reuse, hardwareName, timeLimitNanos,
                eventLimit, observers);
    }

    public KernelConfig withLimits(long timeNanos, long events) {
        return new KernelConfig(profile, hz, exactTimers, pageSize, cpus, seed, ramBytes, kasan, reuseAfter, hardwareName, timeNanos,
                events, observers);
    }

    public KernelConfig withObservers(List<Observer> value) {
        return new KernelConfig(profile, hz, exactTimers, pageSize, cpus, seed, ramBytes, kasan, reuseAfter, hardwareName, timeLimitNanos,
                eventLimit, value);
    }
}
