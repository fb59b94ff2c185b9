package io.dmalab.cli;

import io.dmalab.core.run.RunRequest;
import io.dmalab.core.scenario.Scenario;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that change a scenario for one run. */
final class Changed {
    /** Values of {@code --kasan}. */
    enum Switch { ON, OFF }

    @Option(names = "--kasan", paramLabel = "on|off", description = "Lifetime checker on, or off as in a production kernel.")
    Optional<Switch> kasan = Optional.empty();

    @Option(names = "--kernel", paramLabel = "PROFILE", description = "Kernel profile instead of the scenario's, e.g. v6.14.")
    Optional<String> kernel = Optional.empty();

    @Option(names = "--hz", paramLabel = "100|250|1000", description = "Timer ticks a second instead of the scenario's.")
    Optional<Integer> hz = Optional.empty();

    @Option(names = "--timers", paramLabel = "wheel|exact", description = "Kernel timers round as the timer wheel does, or not at all.")
    Optional<Scenario.Timers> timers = Optional.empty();

    RunRequest apply(RunRequest request, Optional<Long> seed) {
        RunRequest changed = request;
        if (kasan.isPresent()) {
            changed = changed.withKasan(kasan.get() == Switch.ON);
        }
        if (kernel.isPresent()) {
            changed = changed.withKernel(kernel.get());
        }
        if (hz.isPresent()) {
            changed = changed.withHz(hz.get());
        }
        if (timers.isPresent()) {
            changed = changed.withTimers(timers.get());
        }
        return seed.isPresent() ? changed.withSeed(seed.get()) : changed;
    }
}
